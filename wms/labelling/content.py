"""What the label of a bag says: codes, dates and texts; and whether what was read back is that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from blood.components import Component, Limits
from blood.eligibility import DonationType
from blood.groups import BloodGroup
from blood.identifiers import Identifiers, IdentifierScheme
from blood.isbt128 import (
    AboRhd,
    BagId,
    Donation,
    ExpirationTime,
    GroupMessage,
    GroupUse,
    ProductCode,
    compound_message,
)
from blood.tags import TagContent, tag_content
from plant.model import Plant, Site
from wms.bags.projection import BagState
from wms.errors import Refused
from wms.store.metadata import from_us

_USES = {
    DonationType.ALLOGENEIC: ("", ""),
    DonationType.DIRECTED: ("FOR DIRECTED USE ONLY", "仅供指定患者"),
    DonationType.AUTOLOGOUS: ("FOR AUTOLOGOUS USE ONLY", "仅供自体输注"),
    DonationType.BIOHAZARD: ("BIOHAZARD", "生物危害"),
}

_GROUP_USES = {
    DonationType.ALLOGENEIC: GroupUse.NOT_SPECIFIED,
    DonationType.DIRECTED: GroupUse.DIRECTED,
    DonationType.AUTOLOGOUS: GroupUse.AUTOLOGOUS,
}


@dataclass(frozen=True, slots=True)
class LabelContent:
    """Everything on one label. Instants are local to the site; the four codes stand in the four quadrants.

    Quadrants as ISBT 128 has them: donation number upper left, group upper right, product lower left, expiry lower
    right. ``epc`` is what the tag under the label must carry; ``tid`` the tag that is bound already, if any.
    """

    identifiers: Identifiers
    bag: BagId
    check_character: str
    group: BloodGroup
    donation_type: DonationType
    component: Component
    volume_ml: float
    collected_at: datetime
    expires_at: datetime
    site: Site
    epc: str
    tid: str | None

    @property
    def din(self) -> str:
        """The code of the donation number, of ISBT 128 DS001 with its check flags."""
        return self.identifiers.donation_code(self.bag.din)

    @property
    def abo_rhd(self) -> str:
        """DS002: group and use without phenotype; a biohazard bag carries that message instead."""
        return self.group_structure.encode()

    @property
    def product(self) -> str:
        """The code of the product, of ISBT 128 DS003."""
        return self.identifiers.product_code(self.bag.product)

    @property
    def expiry(self) -> str:
        """DS005, local time."""
        return ExpirationTime.of(self.expires_at).encode()

    @property
    def message(self) -> str:
        """What the Data Matrix carries: DS023 over all four; of another scheme the bag's two codes."""
        if self.identifiers.scheme is not IdentifierScheme.ISBT128:
            return self.din + self.product
        din, product = Donation.of(self.bag.din), ProductCode(self.bag.product)
        return compound_message((din, self.group_structure, product, ExpirationTime.of(self.expires_at)))

    @property
    def group_structure(self) -> AboRhd:
        """DS002 as a structure (ST-001 2.4.2, Tables 4 and 5)."""
        if self.donation_type is DonationType.BIOHAZARD:
            return AboRhd.of_message(GroupMessage.BIOHAZARD)
        return AboRhd.of(self.group, _GROUP_USES[self.donation_type])

    @property
    def tag(self) -> TagContent:
        """What is written on the tag: EPC with the site's AFI or none, and of ISBT 128 the label's message."""
        message = self.message if self.identifiers.scheme is IdentifierScheme.ISBT128 else None
        return tag_content(self.epc, message, self.site.tag_afi)

    @property
    def din_text(self) -> str:
        """The donation number as people read it, of ISBT 128 in three parts: facility, year, number."""
        if self.identifiers.scheme is not IdentifierScheme.ISBT128:
            return self.bag.din
        return f"{self.bag.din[:5]} {self.bag.din[5:7]} {self.bag.din[7:]}"

    @property
    def group_text(self) -> tuple[str, str]:
        """ABO, and RhD in words of both languages."""
        rhd = "RhD POSITIVE 阳性" if self.group.rhd_positive else "RhD NEGATIVE 阴性"
        return self.group.abo, rhd

    @property
    def expires_text(self) -> str:
        """Expiry as people read it, local time."""
        return f"{self.expires_at:%Y-%m-%d %H:%M}"

    @property
    def collected_text(self) -> str:
        """Collection as people read it, local time."""
        return f"{self.collected_at:%Y-%m-%d %H:%M}"

    @property
    def storage_text(self) -> tuple[str, str]:
        """How to store it, in English and Chinese."""
        degrees = _degrees(self.component.storage)
        return f"Store {degrees[0]}", f"{degrees[1]}保存"

    @property
    def use_text(self) -> tuple[str, str]:
        """For whom only, in English and Chinese; empty for general use."""
        return _USES[self.donation_type]


class LabelRefused(Refused):
    """What a label would have to say is not known; it is not printed."""


def label_content(plant: Plant, state: BagState) -> LabelContent:
    """What the label of a bag says. Raises LabelRefused when its group, tag or volume is not known."""
    bag = plant.identifiers.parse_bag_id(str(state["id"]))
    missing = [name for name, column in _NEEDED.items() if not state[column]]
    if missing:
        raise LabelRefused("label.incomplete", f"{bag} has no {' and no '.join(missing)}; its label cannot say it")
    zone = ZoneInfo(plant.site.timezone)
    tid = state["tid"]
    return LabelContent(
        identifiers=plant.identifiers,
        bag=bag,
        check_character=plant.identifiers.check_character(bag.din),
        group=BloodGroup(str(state["abo_rhd"])),
        donation_type=DonationType(str(state["donation_type"])),
        component=plant.components[str(state["component"])],
        volume_ml=float(state["volume_ml"] or 0.0),
        collected_at=from_us(int(state["collected_us"] or 0)).astimezone(zone),
        expires_at=from_us(int(state["expires_us"] or 0)).astimezone(zone),
        site=plant.site,
        epc=str(state["epc"]),
        tid=None if tid is None else str(tid),
    )


_NEEDED = {"confirmed group": "abo_rhd", "tag": "epc", "volume": "volume_ml"}


def _degrees(limits: Limits) -> tuple[str, str]:
    if limits.min_c is None:
        return f"at {limits.max_c:g} °C or colder", f"{limits.max_c:g} °C 或更低温度"
    if limits.max_c is None:
        return f"at {limits.min_c:g} °C or warmer", f"{limits.min_c:g} °C 或更高温度"
    return f"at {limits.min_c:g} to {limits.max_c:g} °C", f"{limits.min_c:g}～{limits.max_c:g} °C "
