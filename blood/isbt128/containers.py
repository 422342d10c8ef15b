"""Bag sets and other supplies by maker, catalogue and lot (DS017, 018, 021, 022). Source: ST-001 2.4.17 to 2.4.22."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import ALPHANUMERIC, UPPER_DIGIT, layout

_SPECIAL: Final = {"1": "primary container", "y": "whole set", "z": "carton"}


class ContainerCatalogue(Element):
    """DS017: which container of a set, its maker, the catalogue number."""

    data_structure = 17
    name = "Container Manufacturer and Catalog Number"
    identifier = "=)"
    key = "container"
    layout = layout(ALPHANUMERIC, (2, UPPER_DIGIT), (7, ALPHANUMERIC))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Container, maker and catalogue number, padded with zeros in front."""
        return {
            "container": _SPECIAL.get(self.content[0], self.content[0]),
            "manufacturer": self.content[1:3],
            "catalogue": self.content[3:],
        }


class ContainerLot(Element):
    """DS018: lot of a container set, padded with zeros in front."""

    data_structure = 18
    name = "Container Lot Number"
    identifier = "&)"
    key = "container_lot"
    layout = layout((10, ALPHANUMERIC))


class SupplyCatalogue(Element):
    """DS021: maker and catalogue number of another item."""

    data_structure = 21
    name = "Manufacturer and Catalog Number: Items Other Than Containers"
    identifier = "=-"
    key = "supply"
    layout = layout((2, UPPER_DIGIT), (8, ALPHANUMERIC))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Maker and catalogue number, padded with zeros in front."""
        return {"manufacturer": self.content[:2], "catalogue": self.content[2:]}


class SupplyLot(Element):
    """DS022: lot of another item, padded with zeros in front."""

    data_structure = 22
    name = "Lot Number: Items Other Than Containers"
    identifier = "&-"
    key = "supply_lot"
    layout = layout((10, ALPHANUMERIC))
