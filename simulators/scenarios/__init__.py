"""Scenarios: what goes wrong, when, and what must come of it, one TOML file each; `script` reads them, `player` plays.

What must come of it is only named here: whoever knows the warehouse checks it.
"""
