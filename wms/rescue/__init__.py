"""When a store fails: which blood is in danger, where it can go, whether that fits the time, and doing it at once.

No machine is driven from here: moves are asked for as everywhere else.
"""
