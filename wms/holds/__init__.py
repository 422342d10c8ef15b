"""Holds on bags and places: opened by anyone, lifted by two signatures."""
