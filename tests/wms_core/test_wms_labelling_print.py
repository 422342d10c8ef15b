"""What a label says, and that a printer and a scanner find it again: ZPL parsed, PDF rasterised and decoded."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from blood.identifiers import IDENTIFIERS, IdentifierScheme
from blood.isbt128 import BagId, parse, parse_bag_id
from blood.tags import ProtocolWord, epc_of, read_pc, read_user_memory
from wms.labelling.content import LabelContent, LabelRefused, label_content
from wms.labelling.data_matrix import data_matrix
from wms.labelling.pdf import label_pdf
from wms.labelling.zpl import code_128_data, label_zpl
from wms.store.metadata import to_us

BAG = "A999926000001-D0002V00"


def state(**fields) -> dict:
    return {
        "id": BAG,
        "component": "RBC_S",
        "abo_rhd": "O+",
        "donation_type": "allogeneic",
        "volume_ml": 280.4,
        "collected_us": to_us(datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        "expires_us": to_us(datetime(2026, 4, 6, 15, 59, tzinfo=UTC)),
        "epc": epc_of(parse_bag_id(BAG)),
        "tid": None,
        **fields,
    }


@pytest.fixture
def content(plant) -> LabelContent:
    return label_content(plant, state())


def codes_of(content: LabelContent) -> set[str]:
    return {content.din, content.abo_rhd, content.product, content.expiry}


def test_a_label_says_the_four_codes_in_the_time_of_the_site(content):
    assert codes_of(content) == {"=A99992600000168", "=%5100", "=<D0002V00", "&>0260962359"}
    assert content.message == "=+04000=A99992600000168=%5100=<D0002V00&>0260962359"
    assert (content.expires_text, content.collected_text) == ("2026-04-06 23:59", "2026-03-02 16:00")
    assert content.storage_text == ("Store at 2 to 6 °C", "2～6 °C 保存")


def test_the_tag_carries_the_label_and_says_epc_while_no_afi_is_registered(plant, content):
    assert read_pc(content.tag.pc) == ProtocolWord(words=8, has_user_memory=True, afi=None)
    assert "".join(one.encode() for one in read_user_memory(content.tag.user_memory)) == content.message[7:]
    site = msgspec.structs.replace(plant.site, tag_afi=0x90)
    registered = label_content(msgspec.structs.replace(plant, site=site), state())
    assert read_pc(registered.tag.pc).afi == 0x90


def test_a_biohazard_bag_says_so_in_place_of_its_group(plant):
    assert label_content(plant, state(donation_type="biohazard")).abo_rhd == "=%Mb00"


def test_a_site_with_chinese_codes_prints_them_as_they_are(plant):
    chinese = IDENTIFIERS[IdentifierScheme.CN_15_10]
    site = msgspec.structs.replace(plant.site, identifiers=IdentifierScheme.CN_15_10)
    bag = BagId("310112600012345", "D0002V0001")
    content = label_content(msgspec.structs.replace(plant, site=site), state(id=str(bag), epc=chinese.epc_of(bag)))
    assert (content.din, content.product, content.check_character) == ("310112600012345", "D0002V0001", "")
    assert chinese.read(content.message) == (bag.din, bag.product)
    assert content.tag.user_memory == b""
    assert "310112600012345" in label_zpl(content)


@pytest.mark.parametrize(
    ("fields", "missing"),
    [({"abo_rhd": None}, "confirmed group"), ({"epc": None}, "tag"), ({"volume_ml": 0.0}, "volume")],
)
def test_a_label_that_cannot_say_everything_is_not_printed(plant, fields, missing):
    with pytest.raises(LabelRefused, match=missing):
        label_content(plant, state(**fields))


def test_a_label_for_one_patient_says_so(plant):
    directed = label_content(plant, state(donation_type="directed"))
    assert directed.abo_rhd == "=%4700"
    assert directed.use_text == ("FOR DIRECTED USE ONLY", "仅供指定患者")


def read_zpl(zpl: str) -> tuple[list[str], list[str]]:
    """What a printer would put into its Code 128 and Data Matrix symbols."""
    linear = []
    for data in re.findall(r"\^BCN,\d+,N,N,N,N\^FD(.*?)\^FS", zpl):
        assert data.startswith(">:")
        head, _, digits = data[2:].partition(">5")
        assert len(digits) % 2 == 0
        linear.append(head.replace(">0", ">") + digits)
    return linear, re.findall(r"\^BXN,\d+,200\^FD(.*?)\^FS", zpl)


def test_the_zpl_carries_the_codes_and_the_message(content):
    linear, matrix = read_zpl(label_zpl(content))
    assert set(linear) == codes_of(content)
    assert matrix == [content.message]
    assert {structure.encode() for structure in parse(matrix[0])[1:]} == codes_of(content)


def test_the_zpl_is_one_label_of_100_mm_at_300_dpi_with_texts_in_both_languages(content):
    zpl = label_zpl(content)
    assert zpl.startswith("^XA\n^CI28\n^PW1181\n^LL1181")
    assert zpl.endswith("^XZ")
    assert zpl.count("^XA") == zpl.count("^XZ") == 1
    for text in ("Red cells", "悬浮红细胞", "2026-04-06 23:59", "A9999 26 000001", content.check_character):
        assert f"^FD{text}^FS" in zpl
    for x, y in re.findall(r"\^FO(\d+),(\d+)", zpl):
        assert int(x) < 1181
        assert int(y) < 1181


def test_a_name_cannot_command_the_printer(plant):
    wicked = label_content(plant, state())
    site = type(plant.site)(
        **{**{f: getattr(plant.site, f) for f in plant.site.__struct_fields__}, "name_en": "A^XZ~B"}
    )
    object.__setattr__(wicked, "site", site)
    assert "AXZB" in label_zpl(wicked)
    assert label_zpl(wicked).count("^XZ") == 1


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("=A99992600000168", ">:=A>599992600000168"),
        ("=%5100", ">:=%5100"),
        ("=<D0002V00", ">:=<D0002V00"),
        ("&>0260962359", ">:&>0>50260962359"),
    ],
)
def test_code_128_data_is_quoted_for_the_printer(text, data):
    assert code_128_data(text) == data


@pytest.mark.parametrize("bag", [BAG, "A999926999999-D0011V00"])
def test_a_scanner_finds_every_code_of_the_printed_page(plant, bag):
    content = label_content(plant, state(id=bag, component="RBC_IRR" if "D0011" in bag else "RBC_S"))
    document = pypdfium2.PdfDocument(label_pdf(content))
    image = document[0].render(scale=300 / 72).to_pil().convert("L")
    document.close()
    assert (image.width, image.height) == (1182, 1182)
    found = {(result.format, result.text) for result in zxingcpp.read_barcodes(image)}
    matrices = {text for format_, text in found if format_ == zxingcpp.BarcodeFormat.DataMatrix}
    linear = {text for format_, text in found if format_ == zxingcpp.BarcodeFormat.Code128}
    assert matrices == {content.message}
    assert linear == codes_of(content)


def test_the_same_label_is_the_same_file(content):
    assert label_pdf(content) == label_pdf(content)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=44))
def test_a_scanner_reads_whatever_is_written_as_a_data_matrix(text):
    rows = np.array(data_matrix(text))
    image = np.where(np.kron(np.pad(rows, 4), np.ones((6, 6), dtype=bool)), 0, 255).astype(np.uint8)
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.DataMatrix)
    assert found.text == text


def test_a_data_matrix_grows_with_its_text_and_has_an_end():
    assert [len(data_matrix("7" * digits)) for digits in (6, 16, 24, 44, 88)] == [10, 14, 16, 20, 26]
    with pytest.raises(ValueError, match="do not fit"):
        data_matrix("7" * 89)
    with pytest.raises(ValueError, match="ASCII"):
        data_matrix("血")
