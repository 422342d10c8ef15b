"""The label as a PDF page of 100 x 100 mm, for a person to print and apply when the station is down."""

from __future__ import annotations

import io
from itertools import groupby
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from wms.labelling.content import LabelContent
from wms.labelling.data_matrix import data_matrix

_SIDE: Final = 100 * mm
_FONT: Final = "STSong-Light"
"""A CID font that PDF readers bring along: nothing is embedded, and it has both scripts."""
_BAR: Final = 0.25 * mm
_MODULE: Final = 0.6 * mm
_CODE_HEIGHT: Final = 11 * mm
_LEFT: Final = 3 * mm
_RIGHT: Final = 53 * mm
_UPPER: Final = 86 * mm
_LOWER: Final = 36 * mm


def label_pdf(content: LabelContent) -> bytes:
    """The page as a PDF document; the same content gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(_SIDE, _SIDE), invariant=True)
    page.setTitle(str(content.bag))
    page.line(50 * mm, 0, 50 * mm, _SIDE)
    page.line(0, 50 * mm, _SIDE, 50 * mm)
    _upper(page, content)
    _lower(page, content)
    page.showPage()
    page.save()
    return buffer.getvalue()


def _upper(page: Canvas, content: LabelContent) -> None:
    abo, rhd = content.group_text
    _code(page, _LEFT, _UPPER, content.din)
    _text(page, _LEFT, _UPPER - 5 * mm, 10, content.din_text)
    page.rect(_LEFT + 36 * mm, _UPPER - 6 * mm, 5 * mm, 5 * mm)
    _text(page, _LEFT + 37.4 * mm, _UPPER - 4.8 * mm, 10, content.check_character)
    _text(page, _LEFT, _UPPER - 13 * mm, 9, content.site.name_en)
    _text(page, _LEFT, _UPPER - 18 * mm, 9, content.site.name_zh)
    _text(page, _LEFT, _UPPER - 24 * mm, 8, f"Collected 采血 {content.collected_text}")
    _code(page, _RIGHT, _UPPER, content.abo_rhd)
    _text(page, _RIGHT, _UPPER - 17 * mm, 48, abo)
    _text(page, _RIGHT, _UPPER - 25 * mm, 12, rhd)
    for line, text in enumerate(content.use_text):
        _text(page, _RIGHT, _UPPER - (29 + 4 * line) * mm, 9, text)


def _lower(page: Canvas, content: LabelContent) -> None:
    component, store = content.component, content.storage_text
    _code(page, _LEFT, _LOWER, content.product)
    _text(page, _LEFT, _LOWER - 5 * mm, 10, content.bag.product)
    _text(page, _LEFT, _LOWER - 11 * mm, 10, component.name_en)
    _text(page, _LEFT, _LOWER - 16 * mm, 11, component.name_zh)
    _text(page, _LEFT, _LOWER - 22 * mm, 9, f"{content.volume_ml:.0f} mL")
    _text(page, _LEFT, _LOWER - 27 * mm, 8, store[0])
    _text(page, _LEFT, _LOWER - 31 * mm, 8, store[1])
    _code(page, _RIGHT, _LOWER, content.expiry)
    _text(page, _RIGHT, _LOWER - 5 * mm, 9, "Expires 失效")
    _text(page, _RIGHT, _LOWER - 10 * mm, 11, content.expires_text)
    _matrix(page, _RIGHT + 8 * mm, 2 * mm, content.message)


def _code(page: Canvas, x: float, y: float, text: str) -> None:
    Code128(text, barWidth=_BAR, barHeight=_CODE_HEIGHT, quiet=False).drawOn(page, x, y)


def _matrix(page: Canvas, x: float, y: float, text: str) -> None:
    """A Data Matrix with its lower left corner at (x, y); neighbouring dark modules are one box, without a seam."""
    for up, row in enumerate(reversed(data_matrix(text))):
        right = 0
        for dark, run in groupby(row):
            modules = len(list(run))
            if dark:
                page.rect(x + right * _MODULE, y + up * _MODULE, modules * _MODULE, _MODULE, stroke=0, fill=1)
            right += modules


def _text(page: Canvas, x: float, y: float, size: float, text: str) -> None:
    page.setFont(_FONT, size)
    page.drawString(x, y, text)
