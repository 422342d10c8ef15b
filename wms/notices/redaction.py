"""Taking addresses and secrets out of what other people's programs say, before it is stored or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

HIDDEN: Final = "***"
_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")
_PARTS: Final = re.compile(r"[:/@?=&#;,\s]+")
_WORDS: Final = re.compile(r"[^A-Za-z0-9_.~-]+")
_TELLING: Final = 5
"""A piece of an address that is shorter tells nothing (and would blot out ordinary words)."""


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without any URL and without any part of these secrets (user, password, host, token, path)."""
    pieces: set[str] = set()
    for secret in secrets:
        parts = {secret, *_PARTS.split(secret)}
        parts |= {unquote(part) for part in parts}
        parts |= {word for part in parts for word in _WORDS.split(part)}
        pieces |= {part for part in parts if len(part) >= _TELLING}
    text = _URL.sub(HIDDEN, text)
    for piece in sorted(pieces, key=len, reverse=True):
        text = re.sub(re.escape(piece), HIDDEN, text, flags=re.IGNORECASE)
    return text
