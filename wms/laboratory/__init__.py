"""Laboratory: raw results as reported, and the verdict computed from them by the profile's algorithm. No HTTP here."""
