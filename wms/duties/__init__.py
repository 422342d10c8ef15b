"""What people have to do for the cold chain, and the record of it: readings, tests of alarms, the daily sign-off.

No measuring here: what the probes said is given by the caller (`telemetry`).
"""
