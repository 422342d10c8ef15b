"""How a site numbers its bags: the scheme of its labels, chosen by `site.identifiers` of the plant document.

``isbt128`` is the language of `blood.isbt128`. ``cn-15-10`` is the Chinese pair of codes, donation code of 15 and
product code of 10 characters (WS/T 789-2021): their inner structure was not to be read, so only length and characters
are judged, there is no check character, and nothing is derived from them (domain.md 3.14, widths S).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood import isbt128, tags
from blood.isbt128 import BagId, Donation, ProductCode, ScanError
from blood.isbt128.layout import FACILITY, UPPER_DIGIT, layout


class IdentifierScheme(StrEnum):
    """The schemes a site may choose."""

    ISBT128 = "isbt128"
    CN_15_10 = "cn-15-10"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """One scheme as functions; all of them raise ScanError for what is not of it.

    ``read`` understands any code of a label or the bag id and returns donation and product, None for what it does not
    say. ``check_character`` is empty where the scheme has none. ``check_facility`` judges what its numbers begin with.
    ``donation_number`` makes one of facility, year of two digits and serial number. ``division_length`` is how many
    characters at the end of a product code are its division.
    """

    scheme: IdentifierScheme
    parse_din_scan: Callable[[str], str]
    parse_product_scan: Callable[[str], str]
    parse_bag_id: Callable[[str], BagId]
    read: Callable[[str], tuple[str | None, str | None]]
    check_character: Callable[[str], str]
    check_facility: Callable[[str], None]
    donation_number: Callable[[str, int, int], str]
    donation_code: Callable[[str], str]
    product_code: Callable[[str], str]
    epc_of: Callable[[BagId], str]
    bag_of: Callable[[str], BagId]
    division_length: int

    def parse_bag_scan(self, din_text: str, product_text: str) -> BagId:
        """The bag that two codes of one label name: donation, then product."""
        return BagId(self.parse_din_scan(din_text), self.parse_product_scan(product_text))


def _read_isbt(text: str) -> tuple[str | None, str | None]:
    body = text.strip()
    if isbt128.is_machine_read(body):
        return isbt128.read_label(body)
    for understand in (_both_isbt, _product_isbt):
        try:
            return understand(body)
        except ScanError:
            continue
    return isbt128.parse_din_scan(text), None


def _both_isbt(text: str) -> tuple[str | None, str | None]:
    bag = isbt128.parse_bag_id(text)
    return bag.din, bag.product


def _product_isbt(text: str) -> tuple[str | None, str | None]:
    return None, isbt128.parse_product_scan(text)


def _isbt_number(facility: str, year: int, serial: int) -> str:
    return Donation.of(f"{facility}{year:02d}{serial:06d}").din


def _isbt_facility(facility: str) -> None:
    layout(FACILITY).require(facility, "facility", "Facility number (FIN)")


_DONATION: Final = layout((15, UPPER_DIGIT))
_PRODUCT: Final = layout((10, UPPER_DIGIT))
_BOTH: Final = _DONATION.length + _PRODUCT.length
_CN_BITS: Final = 6
_CN_WORDS: Final = 10
_PREFIXES: Final = (*isbt128.AIM_PREFIXES, "]C1")
"""The symbology of a Chinese label is not verified: a GS1 Code 128 is taken too."""


def _cn_body(text: str) -> tuple[str, int]:
    """A scan without space around it and without the scanner's prefix, and how much stood in front."""
    body = text.strip()
    before = text.find(body)
    prefix = body[:3] if body[:3] in _PREFIXES else ""
    return body[len(prefix) :], before + len(prefix)


def _cn_din(text: str) -> str:
    body, before = _cn_body(text)
    try:
        _DONATION.require(body, "din", "Donation code")
    except ScanError as error:
        raise error.moved(before) from None
    return body


def _cn_product(text: str) -> str:
    body, before = _cn_body(text)
    try:
        _PRODUCT.require(body, "product", "Product code")
    except ScanError as error:
        raise error.moved(before) from None
    return body


def _cn_bag_id(text: str) -> BagId:
    din, separator, product = text.partition("-")
    _DONATION.require(din, "din", "Donation code")
    if not separator:
        raise ScanError("bag.format", len(text), f"A bag id is a donation code, '-', a product code; got {text!r}")
    try:
        _PRODUCT.require(product, "product", "Product code")
    except ScanError as error:
        raise error.moved(_DONATION.length + 1) from None
    return BagId(din, product)


def _cn_read(text: str) -> tuple[str | None, str | None]:
    """By its length: 10 is a product, 25 both without a mark between, 26 the bag id; all else must be a donation."""
    body, before = _cn_body(text)
    try:
        if "-" not in body and len(body) == _BOTH:
            body = f"{body[: _DONATION.length]}-{body[_DONATION.length :]}"
        if "-" in body:
            bag = _cn_bag_id(body)
            return bag.din, bag.product
        if len(body) == _PRODUCT.length:
            return None, _cn_product(body)
        return _cn_din(body), None
    except ScanError as error:
        raise error.moved(before) from None


def _cn_facility(facility: str) -> None:
    form = layout((min(max(len(facility), 1), _DONATION.length), UPPER_DIGIT))
    form.require(facility, "facility", "Beginning of the donation codes")


def _cn_number(facility: str, year: int, serial: int) -> str:
    raise ScanError(
        "din.scheme",
        0,
        f"Donation codes are given out by the donor system, not made here ({facility}, {year:02d}, {serial})",
    )


def _cn_epc(bag: BagId) -> str:
    return tags.pack(bag.din + bag.product, _CN_BITS, _CN_WORDS)


def _cn_bag_of(epc: str) -> BagId:
    if len(epc) != _CN_WORDS * 4:
        raise ScanError("tag.length", 0, f"A bag tag has {_CN_WORDS} words; {epc!r} has {len(epc) // 4}")
    text = tags.unpack(epc, _CN_BITS, _BOTH)
    return _cn_bag_id(f"{text[: _DONATION.length]}-{text[_DONATION.length :]}")


def _as_it_is(code: str) -> str:
    return code


def _none(_din: str) -> str:
    return ""


IDENTIFIERS: Final[Mapping[IdentifierScheme, Identifiers]] = {
    IdentifierScheme.ISBT128: Identifiers(
        scheme=IdentifierScheme.ISBT128,
        parse_din_scan=isbt128.parse_din_scan,
        parse_product_scan=isbt128.parse_product_scan,
        parse_bag_id=isbt128.parse_bag_id,
        read=_read_isbt,
        check_character=isbt128.check_character,
        check_facility=_isbt_facility,
        donation_number=_isbt_number,
        donation_code=lambda din: Donation.of(din).encode(),
        product_code=lambda product: ProductCode(product).encode(),
        epc_of=tags.epc_of,
        bag_of=tags.bag_of,
        division_length=2,
    ),
    IdentifierScheme.CN_15_10: Identifiers(
        scheme=IdentifierScheme.CN_15_10,
        parse_din_scan=_cn_din,
        parse_product_scan=_cn_product,
        parse_bag_id=_cn_bag_id,
        read=_cn_read,
        check_character=_none,
        check_facility=_cn_facility,
        donation_number=_cn_number,
        donation_code=_as_it_is,
        product_code=_as_it_is,
        epc_of=_cn_epc,
        bag_of=_cn_bag_of,
        division_length=0,
    ),
}
"""Every scheme by its key."""
