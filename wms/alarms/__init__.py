"""Alarms after ISA-18.2: the pure machine, the catalogue of conditions, the book that remembers, what is at stake.

No measuring here (`telemetry` says which condition holds) and no sending of mail or sound.
"""
