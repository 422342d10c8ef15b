"""What every service stands on: clock, ids, settings, MQTT link, Sparkplug B, facts, commands, supervision, logs.

Knows no package above it, no blood and no plant.
"""
