"""ISBT 128 data structures of a bag's label: donation number, group, product, expiry, and all in one message.

Source: ICCBBA ST-001 v6.2.2, 2.4.1 to 2.4.5, 2.4.23 and Appendix A (domain.md 3.2 to 3.7, 3.12). Dates are local to
the labelling site and carry no zone: a caller keeps the zone beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from blood.eligibility import DonationType
from blood.groups import BloodGroup
from blood.isbt128 import ScanError, check_character

_DEFAULT: Final[Mapping[BloodGroup, str]] = {
    BloodGroup.O_NEG: "95",
    BloodGroup.O_POS: "51",
    BloodGroup.A_NEG: "06",
    BloodGroup.A_POS: "62",
    BloodGroup.B_NEG: "17",
    BloodGroup.B_POS: "73",
    BloodGroup.AB_NEG: "28",
    BloodGroup.AB_POS: "84",
}
_OFFSET: Final = {DonationType.ALLOGENEIC: 0, DonationType.DIRECTED: -4, DonationType.AUTOLOGOUS: 2}
"""ST-001 table 4: the codes of a group stand beside each other, so many places from that for general use."""
_BIOHAZARD: Final = "Mb"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_DATE: Final = re.compile(r"([0-9])([0-9]{2})([0-9]{3})([0-9]{2})([0-9]{2})")
_CONTENT_LENGTHS: Final = {"=%": 4, "=<": 8, "&>": 10}
_DIN_LENGTH: Final = 16


def din_code(din: str) -> str:
    """DS001 with type-3 flags: the donation number and its check value (60 + MOD 37-2); raises ScanError."""
    return f"={din}{60 + _ALPHABET.index(check_character(din)):02d}"


def group_code(group: BloodGroup, donation_type: DonationType) -> str:
    """DS002 of a group: general use, directed or autologous use only; a biohazard bag carries that message instead.

    No phenotype is given (domain.md 3.5).
    """
    if donation_type is DonationType.BIOHAZARD:
        return f"=%{_BIOHAZARD}00"
    return f"=%{int(_DEFAULT[group]) + _OFFSET[donation_type]:02d}00"


def product_code(product: str) -> str:
    """DS003 of an 8-character product code."""
    return f"=<{product}"


def expiry_code(local: datetime) -> str:
    """DS005 of a local date and time: century digit, year, day of the year, hour, minute."""
    return f"&>{local.year // 100 % 10}{local:%y%j%H%M}"


def parse_group(text: str) -> tuple[BloodGroup, DonationType]:
    """Group and intended use of a scanned DS002; raises ScanError for any other message, biohazard included."""
    body = text.strip().removeprefix("]C0")
    if not body.startswith("=%") or len(body) != 6:
        raise ScanError("group.format", 0, f"Not a blood group code: {text!r}")
    for group in BloodGroup:
        for donation_type in _OFFSET:
            if group_code(group, donation_type)[:4] == body[:4]:
                return group, donation_type
    raise ScanError("group.code", 2, f"{body[2:4]!r} is no ABO/RhD group that this site uses")


def parse_expiry(text: str) -> datetime:
    """Local date and time (naive, as the code has no zone) of a scanned DS005; raises ScanError."""
    body = text.strip().removeprefix("]C0")
    match = _DATE.fullmatch(body.removeprefix("&>"))
    if not body.startswith("&>") or match is None:
        raise ScanError("expiry.format", 0, f"Not an expiry date and time: {text!r}")
    century, year, day, hour, minute = (int(part) for part in match.groups())
    full_year = (1900 if century == 9 else 2000 + century * 100) + year
    new_year = datetime(full_year, 1, 1)  # noqa: DTZ001 - the code has no zone
    at = new_year + timedelta(days=day - 1)
    if day < 1 or at.year != full_year or hour > 23 or minute > 59:
        raise ScanError("expiry.value", 2, f"No such date or time: {text!r}")
    return at + timedelta(hours=hour, minutes=minute)


def compound_message(codes: Sequence[str]) -> str:
    """DS023 over structures in any order: what the Data Matrix carries."""
    return f"=+{len(codes):02d}000{''.join(codes)}"


def parse_compound(text: str) -> tuple[str, ...]:
    """The structures of a compound message, walked by identifier and length; raises ScanError when it is not whole.

    Knows the structures of this site's labels: donation number, group, product, expiry.
    """
    body = text.strip().removeprefix("]d1")
    if not re.match(r"=\+[0-9]{5}", body):
        raise ScanError("compound.format", 0, f"Not a compound message: {text!r}")
    count, rest, codes = int(body[2:4]), body[7:], []
    while rest:
        length = _length(rest, len(body) - len(rest))
        if len(rest) < length:
            raise ScanError("compound.length", len(body) - len(rest), f"{rest!r} is cut off")
        codes.append(rest[:length])
        rest = rest[length:]
    if len(codes) != count:
        raise ScanError("compound.count", 2, f"The message promises {count} structures and holds {len(codes)}")
    return tuple(codes)


def _length(rest: str, position: int) -> int:
    if rest[:2] in _CONTENT_LENGTHS:
        return 2 + _CONTENT_LENGTHS[rest[:2]]
    if re.match(r"=[A-NP-Z1-9]", rest):
        return _DIN_LENGTH
    raise ScanError("compound.structure", position, f"{rest[:2]!r} begins no structure of a label of this site")
