"""A scan as data structures: by identifier, then by length, never by looking for the next ``=`` or ``&``.

Source: ST-001 2.1, 2.2, 2.4.23 and chapter 10 (concatenation of two codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from blood.isbt128 import (
    antigen_history,
    blood_group,
    compound,
    consignment,
    containers,
    dates,
    details,
    donation,
    infection,
    people,
    platelets,
    product,
    red_cells,
)
from blood.isbt128.compound import CompoundMessage, NationalStructure
from blood.isbt128.element import Element
from blood.isbt128.errors import ScanError
from blood.isbt128.layout import FACILITY, LOWER

AIM_PREFIXES: Final = ("]C0", "]C4", "]d1", "]d4", "]Q1", "]Q3")
"""What a scanner may put in front: Code 128, concatenated Code 128 of ISBT, Data Matrix, QR (AIM symbology ids)."""
STRUCTURES: Final[tuple[type[Element], ...]] = (
    donation.Donation,
    blood_group.AboRhd,
    product.ProductCode,
    dates.ExpirationDate,
    dates.ExpirationTime,
    dates.CollectionDate,
    dates.CollectionTime,
    dates.ProductionDate,
    dates.ProductionTime,
    details.SpecialTesting,
    red_cells.RedCellAntigens,
    red_cells.FinnishRedCellAntigens,
    platelets.PlateletAntigens,
    containers.ContainerCatalogue,
    containers.ContainerLot,
    people.DonorId,
    people.StaffId,
    containers.SupplyCatalogue,
    containers.SupplyLot,
    compound.CompoundMessage,
    people.PatientBirthDate,
    people.PatientId,
    dates.ExpirationMonth,
    infection.InfectionMarkers,
    consignment.Consignment,
    details.Dimensions,
    antigen_history.RedCellAntigensWithHistory,
    dates.FlexibleTime,
    product.ProductDivisions,
    product.ProcessingFacility,
    product.ProcessorProduct,
    details.LotNumber,
    details.SupplementalId,
    details.SingleEuropeanCode,
    people.RegisteredDonor,
    people.ChainOfIdentity,
)
"""Every structure that ICCBBA defines and has not retired, by number."""
USUAL_PAIRS: Final = frozenset({(1, 2), (3, 5), (1, 3), (1, 19), (17, 18), (21, 22), (24, 25)})
"""Data structures that usually stand beside each other, left and right (ST-001 10.5); others may too."""
_BY_IDENTIFIER: Final[Mapping[str, type[Element]]] = {
    structure.identifier: structure for structure in STRUCTURES if structure is not donation.Donation
}
_RETIRED: Final = {"={": 11, "=[": 15, '="': 16, "&,3": 37}
_NATIONAL: Final = frozenset(LOWER + ";!")
_DIN_FIRST: Final = frozenset(FACILITY[0])


Kind = TypeVar("Kind", bound=Element)


class Concatenation(StrEnum):
    """What a prompt wants: two codes in one read, one alone, or either (ST-001 10.3)."""

    ALLOWED = "allowed"
    REQUIRED = "required"
    FORBIDDEN = "forbidden"


def scanner_prefix(text: str) -> str:
    """The AIM prefix that the scanner put in front, or nothing; raises ScanError for one of another symbology."""
    if not text.startswith("]"):
        return ""
    if text[:3] not in AIM_PREFIXES:
        bad = next((n for n in (1, 2) if not any(known.startswith(text[: n + 1]) for known in AIM_PREFIXES)), 0)
        raise ScanError(
            "scan.prefix",
            min(bad, len(text)),
            f"{text[:3]!r} says that this is not Code 128 or Data Matrix of ISBT 128; scan a code of the label",
        )
    return text[:3]


def parse(text: str, concatenation: Concatenation = Concatenation.ALLOWED) -> tuple[Element, ...]:
    """The data structures of one scan, in order: one, two concatenated, or a compound message with its head first.

    Their ``encode()`` joined is the text without the scanner's prefix. Raises ScanError for all that is not wholly
    right; its position counts in ``text``.
    """
    start = len(scanner_prefix(text))
    first, end = _element_at(text, start)
    if isinstance(first, CompoundMessage):
        return first, *_members(text, start, end, first.count)
    if end == len(text):
        if concatenation is Concatenation.REQUIRED:
            raise ScanError("scan.single", end, f"Only {first.name} was read; scan both codes in one sweep")
        return (first,)
    second, last = _element_at(text, end)
    if last < len(text):
        raise ScanError("scan.trailing", last, f"{text[last:]!r} follows two codes; a scan joins no more than two")
    if isinstance(second, CompoundMessage | NationalStructure):
        raise ScanError("scan.pair", end, f"{second.name} stands alone, never behind another code")
    if concatenation is Concatenation.FORBIDDEN:
        raise ScanError("scan.pair", end, f"{first.name} and {second.name} came in one sweep; scan one of them")
    return first, second


def parse_one(kind: type[Kind], text: str) -> Kind:
    """The one structure that a prompt wants, scanned alone; raises ScanError, ``{key}.structure`` for another one."""
    elements = parse(text)
    if len(elements) == 1 and isinstance(elements[0], kind):
        return elements[0]
    raise ScanError(f"{kind.key}.structure", len(scanner_prefix(text)), f"This is {elements[0].name}; scan {kind.name}")


def _members(text: str, start: int, position: int, count: int) -> list[Element]:
    members: list[Element] = []
    while position < len(text):
        if len(members) == count:
            raise ScanError("compound.count", start + 2, f"The message promises {count} structures and holds more")
        member, end = _element_at(text, position)
        if isinstance(member, CompoundMessage | NationalStructure):
            raise ScanError("compound.member", position, f"{member.name} may not stand in a compound message")
        members.append(member)
        position = end
    if len(members) < count:
        message = f"The message promises {count} structures and holds {len(members)}; scan again"
        raise ScanError("compound.count", len(text), message)
    return members


def _element_at(text: str, start: int) -> tuple[Element, int]:
    """The structure that begins at ``start``, and where it ends."""
    structure = _structure_at(text, start)
    begin = start + len(structure.identifier)
    try:
        end = begin + structure.length_of(text[begin:])
        return structure(text[begin:end]), end
    except ScanError as error:
        raise error.moved(begin) from None


def _structure_at(text: str, start: int) -> type[Element]:
    two, three = text[start : start + 2], text[start : start + 3]
    retired = _RETIRED.get(three) or _RETIRED.get(two)
    if retired is not None:
        raise ScanError("scan.retired", start, f"Data structure {retired:03d} is retired; scan another code of the bag")
    structure = _BY_IDENTIFIER.get(two) or _BY_IDENTIFIER.get(three)
    if structure is not None:
        return structure
    if two[:1] == "=" and two[1:] in _DIN_FIRST:
        return donation.Donation
    if two[:1] == "&" and two[1:] in _NATIONAL:
        return NationalStructure
    if start == len(text):
        raise ScanError("scan.empty", start, "Nothing was scanned")
    bad = start + 1 if two[0] in "=&" else start
    if two == "&,":
        bad = start + 2
    raise ScanError("scan.identifier", bad, f"{text[start : start + 3]!r} begins no ISBT 128 code; scan again")
