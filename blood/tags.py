"""UHF tag content: the bag id packed into a 128-bit EPC bank (domain.md 3.14, a design, not a standard).

The database is the master; what a tag says is a hint that still has to match a bound tag.
"""

from __future__ import annotations

from typing import Final

from blood.isbt128 import BagId, ScanError, parse_bag_id

_EPC_BYTES: Final = 16
_CHARACTERS: Final = 21


def epc_of(bag: BagId) -> str:
    """Return the EPC of a bag as 32 lower-case hex digits: 21 characters of 6 bits, then 2 zero bits.

    A lower-case division letter would collide with its upper-case twin, so it is refused with a ScanError.
    """
    text = bag.din + bag.product
    if any(character.islower() for character in bag.product):
        raise ScanError("tag.division", 20, f"{bag} has a lower-case division; the short tag form cannot tell it apart")
    value = 0
    for character in text:
        value = value << 6 | (ord(character) - 0x20) & 0x3F
    return (value << 2).to_bytes(_EPC_BYTES, "big").hex()


def bag_of(epc: str) -> BagId:
    """Return the bag id that an EPC claims to carry; raises ScanError when it carries none."""
    try:
        raw = bytes.fromhex(epc)
    except ValueError:
        raise ScanError("tag.hex", 0, f"An EPC is written in hex digits; got {epc!r}") from None
    if len(raw) != _EPC_BYTES:
        raise ScanError("tag.length", 0, f"A bag tag has {_EPC_BYTES} bytes, this one has {len(raw)}")
    value = int.from_bytes(raw, "big")
    if value & 0b11:
        raise ScanError("tag.padding", 31, f"Not a bag tag: {epc}")
    value >>= 2
    text = "".join(chr((value >> 6 * (_CHARACTERS - 1 - i) & 0x3F) + 0x20) for i in range(_CHARACTERS))
    return parse_bag_id(f"{text[:13]}-{text[13:]}")
