"""ISBT 128 identifiers used by the spine: donation number, product code, bag, and the scans that carry them.

Source: ICCBBA ISBT 128 Standard Technical Specification v6.2.2, 2.4.1, 2.4.3, 7.4.1, 7.5 and Appendix A.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CHECK_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_DIN: Final = re.compile(r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}[0-9]{2}[0-9]{6}")
_PRODUCT: Final = re.compile(r"[A-Z][A-Z0-9]{4}[A-Za-z0-9][A-Z0][a-z0]|[A-Z][A-Z0-9]{4}[A-Za-z0-9][0-9]{2}")
_FLAGS: Final = re.compile(r"[0-9A-Z]{2}")


class ScanError(ValueError):
    """A scan or identifier that is not what it claims to be.

    ``code`` names the fault for machines, ``position`` is the index of the first bad character in the scanned text.
    """

    def __init__(self, code: str, position: int, message: str) -> None:
        self.code = code
        self.position = position
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class BagId:
    """One bag: donation identification number (13 characters) and product code with division (8 characters)."""

    din: str
    product: str

    def __str__(self) -> str:
        return f"{self.din}-{self.product}"


def check_character(din: str) -> str:
    """Return the keyboard check character of a 13-character DIN (ISO/IEC 7064 MOD 37-2, ST-001 App. A)."""
    _require_din(din, 0)
    return _CHECK_ALPHABET[_mod37_2(din)]


def _mod37_2(text: str) -> int:
    total = 0
    for character in text:
        total = ((total + _CHECK_ALPHABET.index(character)) * 2) % 37
    return (38 - total) % 37


def _require_din(din: str, position: int) -> None:
    if len(din) != 13:
        raise ScanError(
            "din.length", position, f"A donation number has 13 characters, this one has {len(din)}: {din!r}"
        )
    if not _DIN.fullmatch(din):
        raise ScanError("din.characters", position, f"Not a donation number: {din!r}")


def _require_product(product: str, position: int) -> None:
    if len(product) != 8:
        raise ScanError(
            "product.length", position, f"A product code has 8 characters, this one has {len(product)}: {product!r}"
        )
    if not _PRODUCT.fullmatch(product):
        raise ScanError("product.characters", position, f"Not a product code: {product!r}")


def parse_bag_id(text: str) -> BagId:
    """Parse the canonical bag id ``DIN-PRODUCT`` (13 + 1 + 8 characters).

    Raises ScanError naming the part that is wrong.
    """
    din, separator, product = text.partition("-")
    if not separator:
        raise ScanError("bag.format", len(text), f"A bag id is a donation number, '-', a product code; got {text!r}")
    _require_din(din, 0)
    _require_product(product, len(din) + 1)
    return BagId(din, product)


def parse_din_scan(text: str) -> str:
    """Return the DIN of a scanned DS001 bar code (``=`` + 13 + 2 flag characters), a printed or a keyed DIN.

    Accepts the scanner prefix ``]C4``, a keyed DIN with its check character, and spaces as printed on the label.
    Raises ScanError when a character, a length, a type-3 flag or a check character is wrong.
    """
    body = text.strip().removeprefix("]C4")
    if body.startswith("="):
        din, flags = body[1:14], body[14:]
        _require_din(din, 1)
        if not _FLAGS.fullmatch(flags):
            raise ScanError("din.flags", 14, f"A scanned donation number ends in two flag characters; got {flags!r}")
        if flags.isdigit() and int(flags) >= 60 and int(flags) <= 96 and int(flags) - 60 != _mod37_2(din):
            raise ScanError("din.check", 14, f"The check flag {flags} does not belong to {din}; scan again")
        return din
    keyed = body.replace(" ", "").upper()
    din = keyed[:13]
    _require_din(din, 0)
    if len(keyed) > 14 or (len(keyed) == 14 and keyed[13] != check_character(din)):
        raise ScanError("din.check", 13, f"The check character of {din} is {check_character(din)}, not {keyed[13:]!r}")
    return din


def parse_product_scan(text: str) -> str:
    """Return the 8-character product code of a scanned DS003 bar code (``=<`` + 8) or of a keyed code."""
    body = text.strip().removeprefix("]C4").removeprefix("=<")
    _require_product(body, len(text) - len(body))
    return body


def parse_bag_scan(din_text: str, product_text: str) -> BagId:
    """Join the two bar codes of one label (DIN, then product) to a bag id; raises ScanError."""
    return BagId(parse_din_scan(din_text), parse_product_scan(product_text))
