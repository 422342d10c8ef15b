"""What may stand for a patient or a donor: a pseudonym, never a name and never an identity number. Pure.

The rule (GB/T 22239-2019 8.1.4.11: no more personal data than needed). A pseudonym

* is 3 to 32 of the characters A-Z, 0-9 and hyphen (small letters are read as capitals);
* has groups, separated by hyphens; every group holds a digit, but for one that may be letters only, and that one has at
  most three letters or is one of `KNOWN_WORDS` (so `PAT-00042`, `H1-7F3A9` pass; `WANG-LI`, `ZHANG3` do not);
* has no more than three letters in a row in a group with digits, unless the group is hexadecimal;
* has no run of nine or more digits (identity, passport, telephone and insurance numbers are longer);
* has no run of eight digits that is a calendar day of 1900 to 2099.

It cannot prove that something is no name; it refuses what looks like one.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from wms.errors import Invalid

KNOWN_WORDS: Final = frozenset({"PAT", "PATIENT", "DONOR", "CASE", "SUBJ"})
"""Letter groups of more than three letters that are no names."""
_SHAPE: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_LENGTH: Final = range(3, 33)
_LONGEST_DIGITS: Final = 8
_LONGEST_LETTERS: Final = 3
_DAY_YEARS: Final = range(1900, 2100)


def pseudonym_of(text: str, field: str = "patient") -> str:
    """The pseudonym in capitals; raises Invalid (code ``field.pseudonym``) for what may be a person's own data."""
    given = text.strip().upper()
    fault = _fault(given)
    if fault is not None:
        raise Invalid(f"{field}.pseudonym", f"This is not accepted as a pseudonym: {fault}")
    return given


def _fault(given: str) -> str | None:
    if len(given) not in _LENGTH or not _SHAPE.fullmatch(given) or not given.isascii():
        return "it has 3 to 32 letters A-Z, digits and single hyphens, and nothing else"
    groups = given.split("-")
    words = [group for group in groups if group.isalpha()]
    if len(words) == len(groups):
        return "it holds no digit, so it may be a name"
    if len(words) > 1 or any(len(word) > _LONGEST_LETTERS and word not in KNOWN_WORDS for word in words):
        return "its letters may be a name"
    if any(_has_word(group) for group in groups if not group.isalpha()):
        return "it holds a word that may be a name"
    return _number_fault(re.findall(r"\d+", given))


def _has_word(group: str) -> bool:
    if re.fullmatch(r"[0-9A-F]+", group):
        return False
    return any(len(run) > _LONGEST_LETTERS and run not in KNOWN_WORDS for run in re.findall(r"[A-Z]+", group))


def _number_fault(runs: list[str]) -> str | None:
    if any(len(run) > _LONGEST_DIGITS for run in runs):
        return "nine or more digits in a row may be an identity or telephone number"
    if any(len(run) == _LONGEST_DIGITS and _is_day(run) for run in runs):
        return "its eight digits may be a date of birth"
    return None


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year in _DAY_YEARS
