"""The donation identification number with its flags (DS001), scanned or keyed. Source: ST-001 2.4.1, Table 3, 7.5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.isbt128.check import DIN, check_character, check_value
from blood.isbt128.element import Element, Meaning
from blood.isbt128.errors import ScanError
from blood.isbt128.layout import DIGIT, FACILITY, UPPER, layout

DIN_LENGTH: Final = 13
_FLAG_LETTERS: Final = "".join(letter for letter in UPPER if letter not in "IOQZ")
_CONTAINERS: Final = {**{f"{n:02d}": n for n in range(1, 5)}, **{f"{n + 10}": n for n in range(5, 10)}}
_PROCESS: Final = {
    "00": "not used",
    "05": "second or repeated demand-printed label",
    "06": "pilot tube",
    "07": "test tube",
    "08": "donor record",
    "09": "sample tube for NAT",
    "10": "sample for bacterial testing",
    "11": "match-with-unit label",
    "12": "affixed partial label",
    "13": "attached label",
} | {flags: f"container {number} of a set" for flags, number in _CONTAINERS.items()}
_CHECK_BASE: Final = 60


class Donation(Element):
    """DS001: 13 characters of donation number and two flag characters, which are no part of the number.

    Flags 60 to 96 carry the check value and must agree with the number; 20 to 59 mean what the facility made of them.
    """

    data_structure = 1
    name = "Donation Identification Number"
    identifier = "="
    key = "din"
    layout = layout(FACILITY, (8, DIGIT), (2, DIGIT + _FLAG_LETTERS))

    @classmethod
    def of(cls, din: str, flags: str | None = None) -> Donation:
        """The structure for a donation number, with its check flags (type 3) unless others are given."""
        return cls(din + (f"{_CHECK_BASE + check_value(din):02d}" if flags is None else flags))

    def check_values(self) -> None:
        """The check flags must belong to the number."""
        if self.flag_type == 3 and int(self.flags) - _CHECK_BASE != check_value(self.din):
            message = f"The check flag {self.flags} does not belong to {self.din}; scan again"
            raise self.wrong(DIN_LENGTH, "check", message)

    @property
    def din(self) -> str:
        """The donation number: 13 characters, without flags and check character."""
        return self.content[:DIN_LENGTH]

    @property
    def facility(self) -> str:
        """The facility (FIN) that gave the number."""
        return self.content[:5]

    @property
    def year(self) -> int:
        """Last two digits of the nominal year; it may differ by a month from the calendar."""
        return int(self.content[5:7])

    @property
    def sequence(self) -> str:
        """The number within facility and year, six digits."""
        return self.content[7:DIN_LENGTH]

    @property
    def flags(self) -> str:
        """Two flag characters."""
        return self.content[DIN_LENGTH:]

    @property
    def flag_type(self) -> int | None:
        """1: a process step of ICCBBA's; 2: local; 3: check value; None: not used, or reserved."""
        if not self.flags.isdigit() or self.flags == "00":
            return None
        value = int(self.flags)
        if _CHECK_BASE <= value <= _CHECK_BASE + 36:
            return 3
        if 20 <= value < _CHECK_BASE:
            return 2
        return 1 if self.flags in _PROCESS else None

    @property
    def flag_meaning(self) -> str:
        """The flags in words."""
        if self.flag_type == 3:
            return "check value"
        return "local" if self.flag_type == 2 else _PROCESS.get(self.flags, "reserved")

    @property
    def check_character(self) -> str:
        """What is printed in the box behind the number."""
        return check_character(self.din)

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Number, its parts, flags and check character."""
        return {
            "din": self.din,
            "facility": self.facility,
            "year": self.year,
            "sequence": self.sequence,
            "flags": self.flags,
            "flag_type": self.flag_type,
            "flag_meaning": self.flag_meaning,
            "check_character": self.check_character,
        }


def parse_keyed_din(text: str) -> str:
    """The donation number that a person typed: 13 characters, and its check character when that was typed too.

    Spaces as printed on the label and small letters are taken; raises ScanError when a character, the length or the
    check character is wrong.
    """
    typed = [(position, character) for position, character in enumerate(text) if character not in " \t\r\n"]
    keyed = "".join(character.upper() if character.isascii() else character for _, character in typed)
    try:
        _check_keyed(keyed)
    except ScanError as error:
        place = typed[error.position][0] if error.position < len(typed) else len(text)
        raise ScanError(error.code, place, str(error)) from None
    return keyed[:DIN_LENGTH]


def _check_keyed(keyed: str) -> None:
    din, check = keyed[:DIN_LENGTH], keyed[DIN_LENGTH:]
    DIN.require(din, "din", "Donation number")
    if len(check) > 1:
        message = f"A donation number has 13 characters and a check character; {keyed!r} has {len(keyed)}"
        raise ScanError("din.length", DIN_LENGTH + 1, message)
    if check and check != check_character(din):
        message = f"The check character of {din} is {check_character(din)}, not {check!r}; type it again"
        raise ScanError("din.check", DIN_LENGTH, message)
