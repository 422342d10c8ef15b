"""One file per service of design.md 3: each opens its parts, passes them as arguments and runs until cancelled."""
