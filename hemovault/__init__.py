"""The program: settings, wiring, command line. The only place that names concrete parts; nobody imports it."""
