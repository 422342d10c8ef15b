"""What a label printer makes of the ZPL II that it is sent: the codes that a scanner can read from the label.

Only what bears on the codes is understood: bar code and matrix fields with their `^FD` data, `^FH` hexadecimal escapes
and the `>` invocations of Code 128. A `>` that nobody escaped is therefore read back wrong, as from a real printer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from blood.isbt128 import ScanError, parse

_COMMAND: Final = re.compile(r"\^([A-Z0-9@]{2}|A[A-Z0-9@])([^\^~]*)")
_NO_CODE: Final = frozenset({"BY"})
_CODE_128: Final = "BC"
_HEX: Final = re.compile(r"([0-9A-Fa-f]{2})")
_INVOCATION: Final = re.compile(r">([0-9:;<=])")
_MEANT: Final = {"0": ">", "<": "^", "=": "~"}
_DIN: Final = re.compile(r"=[A-NP-Z1-9]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scanner reads from one label; None where nothing could be read."""

    din: str | None = None
    product: str | None = None
    group: str | None = None
    expiry: str | None = None


def scan(zpl: str) -> Reading:
    """Print a label and read it back: linear codes first, the Data Matrix for what they do not say."""
    codes = [code for printed in printed_codes(zpl) for code in _structures(printed)]
    found: dict[str, str] = {}
    for code in sorted(codes, key=lambda code: code not in set(printed_codes(zpl))):
        field = _field(code)
        if field is not None:
            found.setdefault(field, code)
    return Reading(**found)


def printed_codes(zpl: str) -> list[str]:
    """The content of every bar code and matrix on the label, in order."""
    return list(_printed(zpl.replace("\r", "").replace("\n", "")))


def _printed(zpl: str) -> Iterator[str]:
    symbology: str | None = None
    escape: str | None = None
    for name, rest in _COMMAND.findall(zpl):
        if name == "FS":
            symbology = escape = None
        elif name == "FH":
            escape = rest[:1] or "_"
        elif name == "FD" and symbology is not None:
            data = rest if escape is None else re.sub(re.escape(escape) + _HEX.pattern, _character, rest)
            yield _INVOCATION.sub(lambda met: _MEANT.get(met[1], ""), data) if symbology == _CODE_128 else data
        elif name.startswith("B") and name not in _NO_CODE:
            symbology = name


def _character(met: re.Match[str]) -> str:
    return chr(int(met[1], 16))


def _structures(code: str) -> tuple[str, ...]:
    """A code as data structures: a compound message is taken apart; what cannot be is one unreadable code."""
    if not code.startswith("=+"):
        return (code,)
    try:
        return tuple(structure.encode() for structure in parse(code)[1:])
    except ScanError:
        return ()


def _field(code: str) -> str | None:
    if code.startswith("=<"):
        return "product"
    if code.startswith("=%"):
        return "group"
    if code.startswith(("&>", "=>")):
        return "expiry"
    return "din" if _DIN.match(code) else None
