"""A consignment of products and one container of it (DS028). Source: ST-001 2.4.28."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, FACILITY, layout

_DOCUMENTS: Final = 0


class Consignment(Element):
    """DS028: facility, year, serial number, number of the container (00 on documents), number of containers."""

    data_structure = 28
    name = "Product Consignment"
    identifier = "=$"
    key = "consignment"
    layout = layout(FACILITY, (11, DIGIT))

    @classmethod
    def of(cls, facility: str, year: int, serial: int, *, container: int, containers: int) -> Consignment:
        """The structure for a container, or for the documents with container 0; ``year`` has two digits."""
        return cls(f"{facility}{year:02d}{serial:05d}{container:02d}{containers:02d}")

    def check_values(self) -> None:
        """No container beyond the last."""
        if self.container > self.containers:
            message = f"container {self.container} of {self.containers} cannot be"
            raise self.wrong(12, "container", message)

    @property
    def facility(self) -> str:
        """The facility (FIN) that sends."""
        return self.content[:5]

    @property
    def year(self) -> int:
        """Last two digits of the year."""
        return int(self.content[5:7])

    @property
    def serial(self) -> str:
        """Serial number of the consignment, five digits."""
        return self.content[7:12]

    @property
    def container(self) -> int:
        """Which container this is; 0 on dispatch documents."""
        return int(self.content[12:14])

    @property
    def containers(self) -> int:
        """How many containers the consignment has."""
        return int(self.content[14:])

    @property
    def is_document(self) -> bool:
        """True on dispatch documents, which stand for the whole consignment."""
        return self.container == _DOCUMENTS

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility, year, serial, container and total."""
        return {
            "facility": self.facility,
            "year": self.year,
            "serial": self.serial,
            "container": self.container,
            "containers": self.containers,
            "is_document": self.is_document,
        }
