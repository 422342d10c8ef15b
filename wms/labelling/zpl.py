"""The label as ZPL II for a 300 dpi printer, 100 x 100 mm: four Code 128, one Data Matrix, texts. Pure.

Field data of `^BC` begins with `>:` (code set B); `>5` changes to digit pairs, `>0` stands for `>` (ZPL II Programming
Guide, ^BC). The Data Matrix carries the compound message as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wms.labelling.content import LabelContent

SIDE_DOTS: Final = 1181
"""100 mm at 300 dpi."""
_LEFT: Final = 40
_RIGHT: Final = 625
_TOP: Final = 40
_MIDDLE: Final = 600
_CODE_HEIGHT: Final = 130
_MATRIX_MODULE: Final = 7


def label_zpl(content: LabelContent) -> str:
    """One label format, `^XA` to `^XZ`, in UTF-8; it is what the command to the station carries."""
    lines = ["^XA", "^CI28", f"^PW{SIDE_DOTS}", f"^LL{SIDE_DOTS}", "^LH0,0", *_quadrants(content), "^PQ1", "^XZ"]
    return "\n".join(lines)


def code_128_data(text: str) -> str:
    """Text as field data of `^BC`: set B, and set C for an even run of at least six digits at the end."""
    head = text.rstrip("0123456789")
    digits = text[len(head) :]
    if len(digits) % 2:
        head, digits = head + digits[:1], digits[1:]
    if len(digits) < 6:
        head, digits = head + digits, ""
    return f">:{head.replace('>', '>0')}{'>5' if digits else ''}{digits}"


def _quadrants(content: LabelContent) -> Iterator[str]:
    abo, rhd = content.group_text
    component, store = content.component, content.storage_text
    yield from _code(_LEFT, _TOP, content.din)
    yield _text(_LEFT, _TOP + 145, 40, content.din_text)
    yield f"^FO{_LEFT + 420},{_TOP + 140}^GB52,52,3^FS"
    yield _text(_LEFT + 432, _TOP + 147, 40, content.check_character)
    yield _text(_LEFT, _TOP + 210, 30, f"{content.site.name_en} {content.site.name_zh}")
    yield _text(_LEFT, _TOP + 255, 28, f"Collected 采血 {content.collected_text}")
    yield from _code(_RIGHT, _TOP, content.abo_rhd)
    yield _text(_RIGHT, _TOP + 160, 200, abo)
    yield _text(_RIGHT, _TOP + 370, 44, rhd)
    for line, text in enumerate(content.use_text):
        yield _text(_RIGHT, _TOP + 425 + 42 * line, 36, text)
    yield from _code(_LEFT, _MIDDLE, content.product)
    yield _text(_LEFT, _MIDDLE + 145, 36, content.bag.product)
    yield _text(_LEFT, _MIDDLE + 195, 40, component.name_en)
    yield _text(_LEFT, _MIDDLE + 245, 40, component.name_zh)
    yield _text(_LEFT, _MIDDLE + 300, 32, f"{content.volume_ml:.0f} mL")
    yield _text(_LEFT, _MIDDLE + 345, 30, store[0])
    yield _text(_LEFT, _MIDDLE + 385, 30, store[1])
    yield from _code(_RIGHT, _MIDDLE, content.expiry)
    yield _text(_RIGHT, _MIDDLE + 145, 36, "Expires 失效")
    yield _text(_RIGHT, _MIDDLE + 195, 48, content.expires_text)
    yield f"^FO{_RIGHT},{_MIDDLE + 265}^BXN,{_MATRIX_MODULE},200^FD{content.message}^FS"


def _code(x: int, y: int, text: str) -> Iterator[str]:
    yield "^BY3"
    yield f"^FO{x},{y}^BCN,{_CODE_HEIGHT},N,N,N,N^FD{code_128_data(text)}^FS"


def _text(x: int, y: int, height: int, text: str) -> str:
    return f"^FO{x},{y}^A0N,{height},{height}^FD{_safe(text)}^FS"


def _safe(text: str) -> str:
    """Names come from the plant document: what would be a command to the printer is left out."""
    return "".join(character for character in text if character not in "^~" and character.isprintable())
