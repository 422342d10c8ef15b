"""Heat: chambers, probes, freezing plasma, bags. Pure functions of state, parameters and dt; no clock, no I/O."""
