"""Which bag: donation number and product code of a scan, of two, of a whole label, or of the canonical bag id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from blood.isbt128.check import DIN
from blood.isbt128.donation import DIN_LENGTH, Donation, parse_keyed_din
from blood.isbt128.errors import ScanError
from blood.isbt128.product import ProductCode
from blood.isbt128.walk import parse, parse_one

_IDENTIFIERS: Final = ("=", "&", "]")


@dataclass(frozen=True, slots=True)
class BagId:
    """One bag: its donation (of ISBT 128 a DIN of 13 characters) and its product code with division (8)."""

    din: str
    product: str

    def __str__(self) -> str:
        return f"{self.din}-{self.product}"


def is_machine_read(text: str) -> bool:
    """True when a text begins as a scanner gives it, not as a person types it."""
    return text.startswith(_IDENTIFIERS)


def parse_bag_id(text: str) -> BagId:
    """Parse the canonical bag id ``DIN-PRODUCT`` (13 + 1 + 8 characters); raises ScanError naming the part."""
    din, separator, product = text.partition("-")
    DIN.require(din, "din", "Donation number")
    if not separator:
        raise ScanError("bag.format", len(text), f"A bag id is a donation number, '-', a product code; got {text!r}")
    return BagId(din, _product(product, DIN_LENGTH + 1).content)


def parse_din_scan(text: str) -> str:
    """The donation number of a scanned DS001, or of one that a person typed with or without its check character.

    Space around it is ignored. Raises ScanError when a character, a length, a check flag or a check character is wrong.
    """
    body, before = _trimmed(text)
    if not is_machine_read(body):
        return parse_keyed_din(text)
    try:
        return parse_one(Donation, body).din
    except ScanError as error:
        raise error.moved(before) from None


def parse_product_scan(text: str) -> str:
    """The 8-character product code of a scanned DS003, or of one that a person typed; raises ScanError."""
    body, before = _trimmed(text)
    if not is_machine_read(body):
        return _product(body, before).content
    try:
        found = parse_one(ProductCode, body)
    except ScanError as error:
        raise error.moved(before) from None
    return _whole(found, before).content


def parse_bag_scan(din_text: str, product_text: str) -> BagId:
    """Join the two bar codes of one label (donation number, then product) to a bag id; raises ScanError."""
    return BagId(parse_din_scan(din_text), parse_product_scan(product_text))


def read_label(text: str) -> tuple[str | None, str | None]:
    """Donation number and product code of any code of a label: one alone, two concatenated, or the Data Matrix.

    None for what the code does not say. Raises ScanError for a code that says neither, or names two of a kind.
    """
    elements = parse(text)
    dins = {element.din for element in elements if isinstance(element, Donation)}
    products = {_whole(element, 0).content for element in elements if isinstance(element, ProductCode)}
    if len(dins) > 1 or len(products) > 1:
        raise ScanError("label.several", 0, "This code names more than one bag; scan the label of one bag")
    if not dins and not products:
        raise ScanError(
            "label.neither", 0, f"{elements[-1].name} names no bag; scan the donation number or the product"
        )
    return next(iter(dins), None), next(iter(products), None)


def _product(text: str, before: int) -> ProductCode:
    try:
        return _whole(_product_code(text), before)
    except ScanError as error:
        raise error.moved(before) from None


@lru_cache(maxsize=1024)
def _product_code(text: str) -> ProductCode:
    """A centre has few product codes and asks for them with every bag."""
    return ProductCode(text)


def _whole(product: ProductCode, before: int) -> ProductCode:
    if product.is_divided_elsewhere:
        message = f"The division of {product.content} stands in another code (DS032), which is not for blood"
        raise ScanError("product.division", before, message)
    return product


def _trimmed(text: str) -> tuple[str, int]:
    body = text.strip()
    return body, len(text) - len(text.lstrip())
