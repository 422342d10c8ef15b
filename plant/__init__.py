"""The centre as data: places, zones, envelopes, probes, doors, machines, readers, portals, hospitals, stock plan. Pure.

`plant.toml` of a site (the demo's is `plant/demo.toml`) is the one document that simulators, bridge, RFID, telemetry,
controller and screens read.
"""
