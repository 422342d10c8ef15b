"""Versions of the temperature limits: proposed by one person, approved by another, kept for ever."""
