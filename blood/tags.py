"""What a UHF tag on a bag carries (domain.md 3.14: a layout of ours, ISBT 128 has none for UHF).

Bank 01 holds the bag's number as UII behind the protocol word (PC), bank 11 the compound message of the label for
offline reading, bank 10 the tag's own TID. The database is the master: what a tag says is a hint that still has to
match a bound tag, and never decides a release, a crossmatch or an issue. An application family identifier (AFI) is
given by the registration authority: without one the tag is written in EPC form (toggle 0), none is invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blood.isbt128 import AboRhd, BagId, Donation, Element, ExpirationTime, ProductCode, ScanError, parse, parse_bag_id

SHORT_WORDS: Final = 8
"""Six bits a character: 126 bits of an ISBT 128 bag id."""
LONG_WORDS: Final = 10
"""Seven bits a character: 147 bits, for divisions with a small letter."""
_WORD_BITS: Final = 16
_DIN_LENGTH: Final = 13
_SIX, _SEVEN = 6, 7
_LENGTH_SHIFT: Final = 11
_USER_MEMORY: Final = 1 << 10
_TOGGLE: Final = 1 << 8
_MESSAGE_STRUCTURES: Final = (Donation, AboRhd, ProductCode, ExpirationTime)


def short_uii(bag: BagId) -> str:
    """The UII of six bits a character as 32 hex digits; raises ScanError for a division with a small letter.

    Six bits know no small letters: `Aa` and `AA` would be one tag.
    """
    if any(character.islower() for character in bag.product):
        raise ScanError("tag.division", 20, f"{bag} has a lower-case division; the short tag form cannot tell it apart")
    return pack(bag.din + bag.product, _SIX, SHORT_WORDS)


def long_uii(bag: BagId) -> str:
    """The UII of seven bits a character as 40 hex digits; it tells every division apart."""
    return pack(bag.din + bag.product, _SEVEN, LONG_WORDS)


def epc_of(bag: BagId) -> str:
    """What bank 01 of a bag's tag carries, as hex digits: the short form, or the long one where only that is exact."""
    return long_uii(bag) if any(character.islower() for character in bag.product) else short_uii(bag)


def bag_of(epc: str) -> BagId:
    """The bag id that a tag claims to carry, in either form; raises ScanError when it carries none."""
    _bytes(epc)
    if len(epc) not in {SHORT_WORDS * 4, LONG_WORDS * 4}:
        message = f"A bag tag has {SHORT_WORDS * 4} or {LONG_WORDS * 4} hex digits; {epc!r} has {len(epc)}"
        raise ScanError("tag.length", 0, message)
    text = unpack(epc, _SIX if len(epc) == SHORT_WORDS * 4 else _SEVEN, _DIN_LENGTH + 8)
    return parse_bag_id(f"{text[:_DIN_LENGTH]}-{text[_DIN_LENGTH:]}")


def pack(text: str, bits: int, words: int) -> str:
    """Characters of so many bits each, first one first, padded with zeros to whole words; hex digits.

    Six bits hold the characters from space to underscore, seven all of ASCII. Raises ScanError for another character.
    """
    low = 0x20 if bits == _SIX else 0
    value = 0
    for position, character in enumerate(text):
        number = ord(character) - low
        if not 0 <= number < 1 << bits:
            raise ScanError("tag.characters", position, f"{character!r} cannot be written in {bits} bits")
        value = value << bits | number
    padding = words * _WORD_BITS - bits * len(text)
    return f"{value << padding:0{words * 4}x}"


def unpack(epc: str, bits: int, count: int) -> str:
    """The characters of a packed UII; raises ScanError when it is no hex or its padding is not zero."""
    value = int.from_bytes(_bytes(epc), "big")
    padding = len(epc) * 4 - bits * count
    if value & (1 << padding) - 1:
        raise ScanError("tag.padding", len(epc) - 1, f"Not a bag tag: {epc}")
    value >>= padding
    low, mask = (0x20, 0x3F) if bits == _SIX else (0, 0x7F)
    return "".join(chr((value >> bits * (count - 1 - place) & mask) + low) for place in range(count))


def _bytes(epc: str) -> bytes:
    try:
        return bytes.fromhex(epc)
    except ValueError:
        raise ScanError("tag.hex", 0, f"An EPC is written in hex digits; got {epc!r}") from None


@dataclass(frozen=True, slots=True)
class ProtocolWord:
    """The PC word in front of the UII (TDS 1.6, bits 10h to 1Fh): length, user memory, toggle with AFI."""

    words: int
    has_user_memory: bool
    afi: int | None

    def encode(self) -> int:
        """The 16 bits: with an AFI the toggle is 1 (ISO), without it is 0 (EPC) and no attribute is set."""
        family = 0 if self.afi is None else _TOGGLE | self.afi
        return self.words << _LENGTH_SHIFT | (_USER_MEMORY if self.has_user_memory else 0) | family


@dataclass(frozen=True, slots=True)
class TagContent:
    """What is written on a tag: bank 01 as PC word and UII (hex digits), bank 11 as bytes."""

    pc: int
    uii: str
    user_memory: bytes


def tag_content(uii: str, message: str | None, afi: int | None) -> TagContent:
    """A tag for a UII and the compound message of the label (None: bank 11 stays empty), with the site's AFI or none.

    Raises ScanError when the message is not the four structures of a label; ValueError for an AFI beyond 8 bits.
    """
    if afi is not None and not 1 <= afi <= 0xFF:
        raise ValueError(f"An AFI is 1 to 255, not {afi}")
    if message is not None:
        _label_structures(message)
    pc = ProtocolWord(words=len(uii) // 4, has_user_memory=message is not None, afi=afi)
    return TagContent(pc.encode(), uii, b"" if message is None else user_memory(message))


def read_pc(pc: int) -> ProtocolWord:
    """The PC word of a tag taken apart."""
    return ProtocolWord(
        words=pc >> _LENGTH_SHIFT,
        has_user_memory=bool(pc & _USER_MEMORY),
        afi=pc & 0xFF if pc & _TOGGLE else None,
    )


def user_memory(message: str) -> bytes:
    """Bank 11: the message as ASCII, filled with zero to a whole word.

    No DSFID stands in front, because none is registered: it is for readers that know this layout.
    """
    raw = message.encode("ascii")
    return raw + bytes(len(raw) % 2)


def read_user_memory(raw: bytes) -> tuple[Element, ...]:
    """The four structures of the label in bank 11, whatever their order; raises ScanError for anything else."""
    try:
        message = raw.rstrip(b"\x00").decode("ascii")
    except UnicodeDecodeError as error:
        raise ScanError("tag.user_memory", error.start, "Bank 11 of this tag holds no label") from None
    return _label_structures(message)


def _label_structures(message: str) -> tuple[Element, ...]:
    head, *members = parse(message)
    kinds: Sequence[type[Element]] = sorted((type(member) for member in members), key=lambda kind: kind.name)
    if list(kinds) != sorted(_MESSAGE_STRUCTURES, key=lambda kind: kind.name):
        names = ", ".join(kind.name for kind in _MESSAGE_STRUCTURES)
        raise ScanError("tag.user_memory", 0, f"A tag carries {names} of one bag; this is {head.name}")
    return tuple(members)
