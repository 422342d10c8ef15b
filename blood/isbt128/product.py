"""What is in the bag: product code (DS003), further divisions (DS032), processing facility (DS033, DS034).

Source: ST-001 2.4.3, 2.4.32 to 2.4.34, Table 7. The descriptions behind the codes are licensed: `site_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import ALPHANUMERIC, DIGIT, LOWER, NO_O, UPPER, UPPER_DIGIT, layout

COLLECTION_TYPES: Final[Mapping[str, str]] = {
    "0": "not specified",
    "V": "volunteer allogeneic",
    "R": "volunteer research",
    "S": "volunteer source",
    "T": "volunteer therapeutic",
    "P": "paid allogeneic",
    "r": "paid research",
    "s": "paid source",
    "A": "autologous, eligible for crossover",
    "1": "autologous use only",
    "X": "autologous use only, biohazard",
    "D": "volunteer directed, eligible for crossover",
    "d": "paid directed, eligible for crossover",
    "2": "directed recipient only",
    "L": "directed recipient only, limited exposure",
    "E": "medical exception, specified recipient only",
    "Q": "see special testing",
    "3": "directed recipient only, biohazard",
    "4": "designated",
    "5": "dedicated",
    "6": "designated, biohazard",
    "F": "family reserved",
    "C": "replacement",
    "7": "allogeneic use",
    "8": "autologous use, contains allogeneic material",
    "B": "directed, dedicated or designated use only",
    "H": "directed, dedicated or designated, biohazardous",
    "J": "directed, dedicated or designated, eligible for crossover",
    "G": "emergency use only",
}
"""Sixth character of a product code of the international blood and cell codes (ST-001 Table 7)."""
_KINDS: Final = {
    "E": "blood component",
    "F": "blood component",
    "H": "product with INN or USAN name",
    "M": "human milk or topical product",
    "N": "organ",
    "P": "regenerated tissue",
    "R": "reproductive tissue or cells",
    "S": "cellular therapy",
    "T": "tissue",
    "V": "ocular tissue",
    "W": "faecal microbiota",
    "X": "other blood product",
    "Y": "clinical trial",
    "A": "national or local code",
    "B": "national or local code",
    "C": "national or local code",
    "D": "national or local code",
}
_TYPED: Final = re.compile(r"[EFHSP]|X0|Y[A-Z]")
_THREE_DIGITS: Final = frozenset("MNRTVW")
_IN_OTHER_STRUCTURE: Final = "99"


class ProductCode(Element):
    """DS003: product description code (5), then collection type (1) and division (2), or a division of three digits.

    What the last three characters are depends on the first (ST-001 2.4.3); codes A to D are national or local.
    """

    data_structure = 3
    name = "Product Code"
    identifier = "=<"
    key = "product"
    layout = layout(UPPER, (4, UPPER_DIGIT), ALPHANUMERIC, UPPER_DIGIT, LOWER + DIGIT)

    def check_values(self) -> None:
        """Collection type and division must be such as the kind of product has."""
        if self.content[0] in _THREE_DIGITS:
            for position in (5, 6, 7):
                if self.content[position] not in DIGIT:
                    raise self.wrong(position, "division", f"{self.content!r} must end in a division of three digits")
        elif self.has_collection_type and self.content[5] not in COLLECTION_TYPES:
            raise self.wrong(5, "collection_type", f"{self.content[5]!r} is no type of collection that is known")
        elif self.has_collection_type and self.content[6:] != _IN_OTHER_STRUCTURE:
            for position in (6, 7):
                if self.content[position] in DIGIT[1:]:
                    raise self.wrong(position, "division", f"{self.content[6:]!r} is no division, such as 00, A0 or Aa")

    @property
    def description_code(self) -> str:
        """The product description code: five characters of ICCBBA's, a nation's or a facility's table."""
        return self.content[:5]

    @property
    def kind(self) -> str:
        """What kind of product the first character stands for."""
        return _KINDS.get(self.content[0], "not assigned")

    @property
    def has_collection_type(self) -> bool:
        """True when ICCBBA defines the sixth character as type of collection."""
        return _TYPED.match(self.content) is not None

    @property
    def collection_type(self) -> str | None:
        """Type of collection in words; None when the kind of product has none or a nation defines it."""
        return COLLECTION_TYPES[self.content[5]] if self.has_collection_type else None

    @property
    def division(self) -> str:
        """Two characters, three for milk, organs and tissue; zeros when undivided."""
        return self.content[5:] if self.content[0] in _THREE_DIGITS else self.content[6:]

    @property
    def is_divided_elsewhere(self) -> bool:
        """True when the division stands in a DS032 that must be read too: this code alone names no bag."""
        return self.content[0] not in _THREE_DIGITS and self.division == _IN_OTHER_STRUCTURE

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Description code, kind, type of collection and division."""
        return {
            "product": self.content,
            "description_code": self.description_code,
            "kind": self.kind,
            "collection_type": self.collection_type,
            "division": self.division,
            "divided_elsewhere": self.is_divided_elsewhere,
        }


class ProductDivisions(Element):
    """DS032: division of six characters beside a product code that ends in 99; not for blood yet."""

    data_structure = 32
    name = "Product Divisions"
    identifier = "=,"
    key = "divisions"
    layout = layout((6, UPPER_DIGIT))


class ProcessingFacility(Element):
    """DS033: the facility that assigned the product code, and its own code for the product."""

    data_structure = 33
    name = "Processing Facility Information Code"
    identifier = "&+"
    key = "processing_facility"
    layout = layout((5, NO_O + DIGIT), (6, UPPER_DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility and facility-defined product code."""
        return {"facility": self.content[:5], "facility_product_code": self.content[5:]}


class ProcessorProduct(Element):
    """DS034: facility, its own product code and the product description code in one."""

    data_structure = 34
    name = "Processor Product Identification Code"
    identifier = "=/"
    key = "processor_product"
    layout = layout((5, NO_O + DIGIT), (11, UPPER_DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility, facility-defined product code and product description code."""
        return {
            "facility": self.content[:5],
            "facility_product_code": self.content[5:11],
            "description_code": self.content[11:],
        }
