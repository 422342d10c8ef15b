"""Search patterns that mean the same on every database."""

from __future__ import annotations


def containing(text: str) -> str:
    """A LIKE pattern (``ESCAPE '!'``) for everything that contains a text, taken as it is written."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
