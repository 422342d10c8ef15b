"""OPC UA servers <-> MQTT: device state up as Sparkplug B, commands down with read-back, machine journals up as facts.

`messages` holds the schemas of commands and reports and imports no protocol library. Nothing here knows bags' rules.
"""
