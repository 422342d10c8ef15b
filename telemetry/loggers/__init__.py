"""Loggers that travel with boxes or stand in other people's refrigerators: what their exports hold, read strictly.

An export is read whole or refused with every fault by its line (`model.LoggerError`); nothing is repaired or guessed.
"""
