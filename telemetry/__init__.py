"""Readings -> conditions, history, excursions. Telemetry knows probes, doors and devices; it knows no bag's rules.

Here: evaluation, storage, live values, exposure of stays handed in as data. Not here: alarms, holds, screens.
"""
