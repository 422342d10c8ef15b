"""The check character of a donation number: ISO/IEC 7064 MOD 37-2. Source: ST-001 v6.2.2, Appendix A."""

from __future__ import annotations

from typing import Final

from blood.isbt128.layout import DIGIT, FACILITY, UPPER_DIGIT, layout

ALPHABET: Final = UPPER_DIGIT[-10:] + UPPER_DIGIT[:26] + "*"
"""The value of a character is its index."""
DIN: Final = layout(FACILITY, (8, DIGIT))
"""Facility (5), nominal year (2), sequence number (6)."""
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}


def check_value(din: str) -> int:
    """MOD 37-2 over a donation number of 13 characters, 0 to 36; raises ScanError when it is none."""
    DIN.require(din, "din", "Donation number")
    total = 0
    for character in din:
        total = (total + _VALUE[character]) * 2 % 37
    return (38 - total) % 37


def check_character(din: str) -> str:
    """The keyboard check character of a donation number of 13 characters; raises ScanError when it is none.

    It is printed beside the number, in a box, and is part neither of the number nor of the bar code.
    """
    return ALPHABET[check_value(din)]
