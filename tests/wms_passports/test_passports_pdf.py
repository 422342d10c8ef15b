"""The printed passport: A4 pages in both languages that say what the record says."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from passport_house import House, line

from wms.passports.pdf import passport_pdf
from wms.passports.rows import seal_of
from wms.store.database import driver_of

A4_POINTS = (595.3, 841.9)


def text_of(pages: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(pages))
    try:
        assert [tuple(round(side, 1) for side in page.get_size()) for page in document] == [A4_POINTS] * len(document)
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")
    finally:
        document.close()


async def lived(house: House) -> str:
    bag = await house.add_bag()
    house.measure(
        "cold-1-load",
        line((-10, 60, 4, 4.2), (60, 80, 5.8, 5.8), (80, 90, 6.5, 7.5), (90, 150, 4.4, 4), (190, 400, 4, 4.1)),
    )
    house.measure("cold-1-air", line((-10, 75, 4, 4.6), (75, 95, 7, 8.4), (95, 160, 4, 4.4), (180, 400, 4, 4.2)))
    await house.move(bag, "belt/cold-1", 380)
    await house.move(bag, "dispatch/gate", 386)
    house.pass_minutes(399)
    return bag


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ["Temperature passport", "OUTSIDE", "Cold room 1", "above 6", "as the probe beside it said", "Not sealed"],
        ),
        ("zh", ["温度护照", "曾超限", "冷库 1 货架 1", "高于 6", "据相邻探头", "尚未封存"]),
    ],
)
async def test_the_pages_say_what_the_record_says(house: House, lang, words) -> None:
    bag = await lived(house)
    with house.database.read() as conn:
        pages = passport_pdf(house.passport(bag), seal_of(driver_of(conn), bag), plant=house.plant, lang=lang)
    said = text_of(pages)
    assert [one for one in [bag, *words] if one not in said] == []


async def test_the_same_passport_gives_the_same_bytes(house: House) -> None:
    passport = house.passport(await lived(house))
    first, again = (passport_pdf(passport, None, plant=house.plant, lang="zh") for _ in range(2))
    assert first == again


async def test_a_bag_of_which_nothing_is_known_is_printed_too(house: House) -> None:
    bag = await house.add_bag()
    said = text_of(passport_pdf(house.passport(bag), None, plant=house.plant, lang="en"))
    assert "UNKNOWN" in said
