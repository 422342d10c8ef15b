"""Further properties of a product: special testing, dimensions, lots, the European code (DS010, 029, 035, 036, 038).

Source: ST-001 2.4.10, 2.4.29, 2.4.35, 2.4.36, 2.4.38, Tables 19 to 21. What the codes of DS010 say is licensed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import ALPHANUMERIC, DIGIT, UPPER_DIGIT, layout, require_run

_COUNT: Final = 2
_SEGMENT: Final = 14
_RELATIONS: Final = {"01": "=", "02": ">", "03": ">=", "04": "<", "05": "<=", "06": "nominal"}
_DIMENSIONS: Final = {
    "0001": ("volume", "mL"),
    "0002": ("length", "mm"),
    "0003": ("width", "mm"),
    "0004": ("height", "mm"),
    "0005": ("particle size", "mm"),
    "0006": ("area", "cm2"),
    "0007": ("platelets", "1E9"),
    "0008": ("weight without container", "g"),
    "0009": ("tare of container", "g"),
    "0010": ("tare of container and tubing", "g"),
    "0011": ("trachea", "rings"),
}
_MOST_DECIMALS: Final = 5


class SpecialTesting(Element):
    """DS010: a code of the special-testing table, which a site loads itself (`site_tables`)."""

    data_structure = 10
    name = "Special Testing: General"
    identifier = "&("
    key = "special_testing"
    layout = layout((5, UPPER_DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """The code."""
        return {"code": self.content}


class Dimensions(Element):
    """DS029: a count, then as many measures of fourteen digits."""

    data_structure = 29
    name = "Dimensions"
    identifier = "&$"
    key = "dimensions"
    layout = layout((_COUNT, DIGIT))

    def __post_init__(self) -> None:
        require_run(self.content, _COUNT, DIGIT, self.length_of(self.content), self.key, self.name)
        for start in range(_COUNT, len(self.content), _SEGMENT):
            segment = self.content[start : start + _SEGMENT]
            if segment[:2] not in _RELATIONS:
                raise self.wrong(start, "relation", f"{segment[:2]!r} is no relation that is known")
            if segment[2:6] not in _DIMENSIONS:
                raise self.wrong(start + 2, "dimension", f"{segment[2:6]!r} is no dimension that is known")
            if int(segment[11]) > _MOST_DECIMALS:
                raise self.wrong(start + 11, "decimals", f"a value of five digits has no {segment[11]} decimals")
            if segment[12:] != "00":
                raise self.wrong(start + 12, "reserved", f"the last two digits are {segment[12:]}, only 00 is defined")

    @classmethod
    def length_of(cls, rest: str) -> int:
        """Two digits of count, fourteen for each measure."""
        cls.layout.require(rest[:_COUNT], cls.key, cls.name)
        return _COUNT + int(rest[:_COUNT]) * _SEGMENT

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Each measure with its relation, value and unit."""
        segments = [self.content[start : start + _SEGMENT] for start in range(_COUNT, len(self.content), _SEGMENT)]
        return {
            "dimensions": [
                {
                    "dimension": _DIMENSIONS[segment[2:6]][0],
                    "relation": _RELATIONS[segment[:2]],
                    "value": str(Decimal(segment[6:11]).scaleb(-int(segment[11]))),
                    "unit": _DIMENSIONS[segment[2:6]][1],
                }
                for segment in segments
            ]
        }


class LotNumber(Element):
    """DS035: lot of a product, padded with zeros in front."""

    data_structure = 35
    name = "MPHO Lot Number"
    identifier = "&,1"
    key = "lot"
    layout = layout((18, UPPER_DIGIT))


class SupplementalId(Element):
    """DS036: supplemental number of a product, padded with zeros in front."""

    data_structure = 36
    name = "MPHO Supplemental Identification Number"
    identifier = "&,2"
    key = "supplemental"
    layout = layout((18, UPPER_DIGIT))


class SingleEuropeanCode(Element):
    """DS038: the Single European Code of tissues and cells (ST-012)."""

    data_structure = 38
    name = "Single European Code"
    identifier = "&,4"
    key = "european_code"
    layout = layout((40, ALPHANUMERIC))
