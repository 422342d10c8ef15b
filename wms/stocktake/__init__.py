"""Counting: what shelf antennas and people see against what is believed; MISSING, found, LOST."""
