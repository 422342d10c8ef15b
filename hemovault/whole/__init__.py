"""The whole centre in one process on a stepped clock: the simulated world and the real warehouse, at full speed.

Nothing here decides anything: world, bridge logic, RFID trackers, telemetry, controller, planner and API are the ones
that `hemovault demo` runs as processes. Only wires, threads and waiting are left out. For tests and benchmarks.
"""
