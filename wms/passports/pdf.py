"""The passport as A4 pages."""

from __future__ import annotations

from typing import Literal

from plant.model import Site
from wms.passports.model import Passport
from wms.passports.rows import Seal

Language = Literal["zh", "en"]


def passport_pdf(passport: Passport, seal: Seal | None, *, site: Site, lang: Language) -> bytes:
    """The passport as a PDF document; the same passport gives the same bytes."""
    raise NotImplementedError
