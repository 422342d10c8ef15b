"""From the bytes of a file to its text: too large, empty, binary and wrongly encoded files are refused by name."""

from __future__ import annotations

from typing import Final

from telemetry.loggers.model import refused

MOST_BYTES: Final = 8 << 20
"""A year of one-minute readings has 13 MB; a journey, or a month, fits."""
_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = frozenset(map(chr, range(32))) - {"\n", "\r", "\t"}


def text_of(content: bytes) -> str:
    """The text of an export in UTF-8 (a byte-order mark is left out); raises LoggerError."""
    if len(content) > MOST_BYTES:
        raise refused("file.too_large", f"The file has {len(content)} bytes; at most {MOST_BYTES} are read")
    if content.startswith(_WIDE):
        raise refused("file.encoding", "The file is in UTF-16; save it as UTF-8")
    body = content.removeprefix(_MARK)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise refused("file.encoding", "Not text in UTF-8; is this the export, or something else?", line) from error
    return checked(text)


def checked(text: str) -> str:
    """A text that may be an export; raises LoggerError for an empty one, a binary one, or one too large."""
    if len(text) > MOST_BYTES:
        raise refused("file.too_large", f"The text has {len(text)} characters; at most {MOST_BYTES} are read")
    if not text.strip():
        raise refused("file.empty", "The file is empty")
    for number, line in enumerate(text.split("\n"), start=1):
        found = _CONTROLS.intersection(line)
        if found:
            raise refused("file.binary", f"Not a text: it contains the character {ord(min(found))}", number)
    return text
