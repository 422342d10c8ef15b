"""Certificates of probes: recorded by people, never changed, told of before and after they run out."""
