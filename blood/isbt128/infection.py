"""Infection markers of a collection (DS027). Source: ST-001 2.4.27, Table 18; positions 10 to 12 from RT019 of 2026."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, layout
from blood.isbt128.pairs import Result, marker_pair, said

_NONE: Final = ""
_MARKERS: Final = (
    ("HIV-1/2 antibody", "HIV p24"),
    ("HIV NAT", "HCV antibody"),
    ("HCV antigen", "HCV NAT"),
    ("HBc antibody", "HBsAg"),
    ("HBV NAT", "HTLV-I/II antibody"),
    ("syphilis antibody", "CMV antibody"),
    ("CMV NAT", "EBV NAT"),
    ("WNV NAT", "parvovirus B19 antibody"),
    ("parvovirus B19 NAT", "Chagas antibody"),
    ("HEV NAT", "toxoplasmosis antibody"),
    ("malaria antigen", "malaria NAT"),
    ("babesia NAT", _NONE),
)


class InfectionMarkers(Element):
    """DS027: a digit for each pair of markers; what has no defined meaning is refused, never read as negative."""

    data_structure = 27
    name = "Transfusion Transmitted Infection Marker"
    identifier = '&"'
    key = "markers"
    layout = layout((18, DIGIT))

    def check_values(self) -> None:
        """Only defined pairs may say anything, and 9 is no pair of results here."""
        for position, digit in enumerate(self.content):
            pair = _MARKERS[position] if position < len(_MARKERS) else (_NONE, _NONE)
            defined = digit != "9" and all(
                name or result is Result.NO_INFORMATION for name, result in zip(pair, marker_pair(digit), strict=True)
            )
            if not defined:
                message = f"{digit!r} at position {position + 1} is not defined; treat this bag as not tested"
                raise self.wrong(position, "undefined", message)

    @property
    def results(self) -> Mapping[str, Result]:
        """Every marker with what the structure says of it."""
        found: dict[str, Result] = {}
        for pair, digit in zip(_MARKERS, self.content[: len(_MARKERS)], strict=True):
            found.update(zip(pair, marker_pair(digit), strict=True))
        found.pop(_NONE)
        return found

    @property
    def reactive(self) -> tuple[str, ...]:
        """Markers that were reactive."""
        return tuple(name for name, positive in said(self.results) if positive)

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Markers with a result: negative or positive."""
        return {"markers": {name: self.results[name].value for name, _ in said(self.results)}}
