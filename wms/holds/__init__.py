"""Holds on bags and places: opened by anyone, lifted by two signatures. Whether a bag may be used is asked of `blood.eligibility`."""
