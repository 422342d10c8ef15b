"""Each structure against published examples, and what its tables do not know is refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import isbt_mutations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.groups import BloodGroup
from blood.isbt128 import (
    AboRhd,
    CollectionTime,
    CompoundMessage,
    Concatenation,
    Consignment,
    Dimensions,
    Donation,
    Element,
    ExpirationDate,
    ExpirationTime,
    GroupMessage,
    GroupUse,
    InfectionMarkers,
    PlateletAntigens,
    ProductCode,
    ProductionDate,
    RedCellAntigens,
    RedCellAntigensWithHistory,
    Result,
    Rhd,
    ScanError,
    compound_message,
    parse,
    parse_one,
    read_label,
)
from blood.isbt128.antigen_history import History, Method
from blood.isbt128.group_table import GROUP_CODES

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "isbt128-vectors" / "vectors.tsv"
LABEL = "=+04000=A99992612345600=%5100=<E4306V00&>0260592359"
EUROPEAN = "=+05000=Z54991712345600=%T300=<T0416003&>0183652359&,4PL001499Z549917123456A00T041600320181231"  # ST-012


def one(text: str) -> Element:
    (element,) = parse(text)
    assert element.encode() == text.removeprefix("]C0").removeprefix("]C4")
    return element


def fault(text: str) -> tuple[str, int]:
    with pytest.raises(ScanError) as raised:
        parse(text)
    return raised.value.code, raised.value.position


# donation


@pytest.mark.parametrize(
    ("flags", "kind", "meaning"),
    [
        ("00", None, "not used"),
        ("01", 1, "container 1 of a set"),
        ("15", 1, "container 5 of a set"),
        ("19", 1, "container 9 of a set"),
        ("09", 1, "sample tube for NAT"),
        ("33", 2, "local"),
        ("63", 3, "check value"),
        ("14", None, "reserved"),
        ("97", None, "reserved"),
        ("A1", None, "reserved"),
    ],
)
def test_flags_are_no_part_of_the_number(flags: str, kind: int | None, meaning: str) -> None:
    donation = one(f"=A999921123456{flags}")
    assert isinstance(donation, Donation)
    assert (donation.din, donation.facility, donation.year, donation.sequence) == (
        "A999921123456",
        "A9999",
        21,
        "123456",
    )
    assert (donation.flag_type, donation.flag_meaning, donation.check_character) == (kind, meaning, "3")


def test_the_shared_vectors() -> None:
    if not VECTORS.is_file():
        pytest.skip("the shared ISBT 128 vectors are not beside this checkout")
    rows = [line.split("\t") for line in VECTORS.read_text(encoding="utf-8").splitlines()[1:]]
    texts = [(text, expected) for kind, text, expected, _ in rows if kind == "parse"]
    assert len(texts) >= 4
    for text, expected in texts:
        if "INVALID" in expected:
            assert fault(text) == ("din.check", 14)
        else:
            assert one(text).data_structure == (34 if text.startswith("=/") else 1)


# group


@pytest.mark.parametrize(
    ("code", "abo", "rhd", "use"),
    [
        ("62", "A", Rhd.POSITIVE, GroupUse.NOT_SPECIFIED),
        ("51", "O", Rhd.POSITIVE, GroupUse.NOT_SPECIFIED),
        ("95", "O", Rhd.NEGATIVE, GroupUse.NOT_SPECIFIED),
        ("98", "O", Rhd.NEGATIVE, GroupUse.AUTOLOGOUS_BIOHAZARD),
        ("02", "A", Rhd.NEGATIVE, GroupUse.DIRECTED),
        ("81", "AB", Rhd.POSITIVE, GroupUse.EMERGENCY),
        ("15", "B", Rhd.NEGATIVE, GroupUse.DIRECTED_BIOHAZARD),
        ("72", "B", Rhd.POSITIVE, GroupUse.DIRECTED_CROSSOVER),
        ("29", "AB", Rhd.NEGATIVE, GroupUse.AUTOLOGOUS_CROSSOVER),
        ("64", "A", Rhd.POSITIVE, GroupUse.AUTOLOGOUS),
        ("55", "O", Rhd.NOT_STATED, GroupUse.NOT_SPECIFIED),
        ("P2", "O", Rhd.NOT_STATED, GroupUse.DIRECTED),
        ("C9", "AB", Rhd.NOT_STATED, GroupUse.AUTOLOGOUS_BIOHAZARD),
        ("G6", "Bombay", Rhd.NEGATIVE, GroupUse.NOT_SPECIFIED),
        ("H8", "Bombay", Rhd.POSITIVE, GroupUse.AUTOLOGOUS),
        ("O6", "B para-Bombay", Rhd.POSITIVE, GroupUse.NOT_SPECIFIED),
        ("Q2", "AB para-Bombay", Rhd.POSITIVE, GroupUse.DIRECTED),
        ("D0", "O", Rhd.POOLED, GroupUse.NOT_SPECIFIED),
        ("G0", "pooled", Rhd.POOLED, GroupUse.NOT_SPECIFIED),
        ("J0", "A2", Rhd.NOT_STATED, GroupUse.NOT_SPECIFIED),
    ],
)
def test_groups_of_table_4(code: str, abo: str, rhd: Rhd, use: GroupUse) -> None:
    found = one(f"=%{code}00")
    assert isinstance(found, AboRhd)
    assert found.coded is not None
    assert (found.coded.abo, found.coded.rhd, found.use, found.message) == (abo, rhd, use, None)


def test_table_4_has_as_many_codes_as_the_standard() -> None:
    assert len(GROUP_CODES) == 24 * 8 + 12


@pytest.mark.parametrize("code", ["P6", "A6", "A1", "01", "Mc", "T7", "I1", "99", "10"])
def test_a_code_that_is_in_no_table_is_no_group(code: str) -> None:
    assert fault(f"=%{code}00") == ("group.code", 2)


def test_a_special_message_is_no_group() -> None:
    for message in GroupMessage:
        found = one(AboRhd.of_message(message).encode())
        assert isinstance(found, AboRhd)
        assert (found.message, found.group, found.use) == (message, None, None)


@pytest.mark.parametrize(
    ("character", "antigens"),
    [
        ("0", {}),
        ("S", {"K": False}),
        ("E", {"C": False, "c": True, "E": True, "e": True, "K": False}),  # the example below Table 6
        ("P", {"C": True, "c": False, "E": False, "e": True, "K": True}),
        ("X", {"C": False, "E": False}),
        ("Z", {"C": False, "E": False, "K": True}),
        ("U", {"Mia/Mur": False}),
        ("W", {}),
    ],
)
def test_phenotypes_of_table_6(character: str, antigens: dict[str, bool]) -> None:
    found = one(f"=%62{character}0")
    assert isinstance(found, AboRhd)
    assert found.antigens == antigens
    assert found.needs_special_testing is (character == "W")


@given(st.sampled_from(BloodGroup), st.sampled_from(GroupUse))
def test_a_group_reads_back(group: BloodGroup, use: GroupUse) -> None:
    found = one(AboRhd.of(group, use).encode())
    assert isinstance(found, AboRhd)
    assert (found.group, found.use) == (group, use)


# product


@pytest.mark.parametrize(
    ("code", "collection", "division"),
    [
        ("E4306V00", "volunteer allogeneic", "00"),
        ("S12954A0", "designated", "A0"),
        ("E0398XAa", "autologous use only, biohazard", "Aa"),
        ("T1295003", None, "003"),
        ("D0002V00", None, "00"),
        ("X0001P00", "paid allogeneic", "00"),
    ],
)
def test_product_codes(code: str, collection: str | None, division: str) -> None:
    found = one(f"=<{code}")
    assert isinstance(found, ProductCode)
    assert (found.description_code, found.collection_type, found.division) == (code[:5], collection, division)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=<E0330V0", ("product.length", 9)),
        ("=<E0330K00", ("product.collection_type", 7)),
        ("=<E0330V12", ("product.division", 8)),
        ("=<E0330VaA", ("product.characters", 8)),
        ("=<T1295V00", ("product.division", 7)),
        ("=E0330V00", ("din.characters", 6)),
        ("=<é0330V00", ("product.characters", 2)),
    ],
)
def test_what_is_no_product_code(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


# dates


def test_published_dates() -> None:
    assert parse_one(ExpirationTime, "&>0260592359").at == datetime(2026, 2, 28, 23, 59)  # noqa: DTZ001 - has no zone
    assert parse_one(ExpirationTime, "&>0183652359").at == datetime(2018, 12, 31, 23, 59)  # noqa: DTZ001 - has no zone
    assert parse_one(ExpirationDate, "=>999365").day == date(1999, 12, 31)
    assert parse_one(ProductionDate, "=}024366").day == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=>026000", ("expiry.value", 5)),
        ("=>026366", ("expiry.value", 5)),
        ("&>0260592460", ("expiry.value", 8)),
        ("&>0260592360", ("expiry.value", 10)),
        ("&>026059", ("expiry.length", 8)),
        ("=>0260592359", ("scan.identifier", 8)),
        ("&*02605923٣9", ("collection.characters", 10)),
        ("=]202613", ("expiry_month.value", 6)),
        ("=#0119850230", ("birth_date.value", 4)),
    ],
)
def test_dates_that_do_not_exist(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


@given(st.datetimes(datetime(1900, 1, 1), datetime(2899, 12, 31, 23, 59)))  # noqa: DTZ001 - has no zone
def test_a_time_reads_back_to_the_minute(at: datetime) -> None:
    minute = at.replace(second=0, microsecond=0)
    assert parse_one(CollectionTime, CollectionTime.of(at).encode()).at == minute
    assert parse_one(ExpirationDate, ExpirationDate.of_day(at.date()).encode()).day == at.date()


def test_a_year_that_the_form_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="2900"):
        ExpirationDate.of_day(date(2900, 1, 1))


# antigens


@pytest.mark.parametrize(  # ST-001 9.1
    ("digits", "antigens"),
    [
        (
            "880000008700000000",
            {"C": False, "c": True, "E": False, "e": True, "K": True, "k": True}
            | {"Fya": True, "Fyb": True, "Jka": True, "Jkb": False},
        ),
        ("679999999999999900", {"C": True, "c": False, "E": False, "e": True, "K": True, "k": False}),
        ("999999999999999100", {}),
        ("620000000000000000", {"C": True, "c": False, "E": False, "e": True, "k": True}),
        ("999999999999999955", {"Dib": False}),
    ],
)
def test_red_cell_antigens(digits: str, antigens: dict[str, bool]) -> None:
    found = one(f"=\\{digits}")
    assert isinstance(found, RedCellAntigens)
    assert found.antigens == antigens


def test_red_cell_antigens_of_the_long_example() -> None:
    found = one("=\\486881355800000000")
    assert isinstance(found, RedCellAntigens)
    present = {"C", "c", "E", "e", "K", "k", "Cw", "M", "N", "S", "s", "Leb", "Fyb", "Jka", "Jkb"}
    assert {antigen for antigen, is_present in found.antigens.items() if is_present} == present
    assert {antigen for antigen, is_present in found.antigens.items() if not is_present} == {"P1", "Lua", "Lea", "Fya"}
    assert found.cmv_antibody is Result.NOT_TESTED


def test_further_findings_of_red_cells() -> None:
    cmv = one("=\\999999999999999100")
    sickle = one("=\\999999999999999996")
    parvovirus = one("=\\999999999999999997")
    assert isinstance(cmv, RedCellAntigens)
    assert isinstance(sickle, RedCellAntigens)
    assert isinstance(parvovirus, RedCellAntigens)
    assert cmv.cmv_antibody is Result.NEGATIVE
    assert sickle.also == {"HbS": False}
    assert parvovirus.also == {"parvovirus B19 antibody": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=\\200000000000020000", ("antigens.rh_twice", 15)),
        ("=\\900000000000000064", ("antigens.further", 18)),
        ("=\\900000000000000092", ("antigens.further", 18)),
        ("=\\62000000000000000", ("antigens.length", 19)),
        ("=\\6200", ("antigens.length", 6)),
    ],
)
def test_red_cell_antigens_that_cannot_be(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


def test_antigens_with_test_history() -> None:
    found = one("&%0020060010304" + "0080020205")
    assert isinstance(found, RedCellAntigensWithHistory)
    kell, duffy = found.antigens
    assert (kell.name, kell.present, kell.method, kell.history) == ("K", False, Method.SEROLOGY, History.TWICE_HISTORIC)
    assert (duffy.name, duffy.present, duffy.method) == ("Fyb", True, Method.NOT_STATED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&%0020060010304", ("antigen_history.length", 15)),
        ("&%0010060010704", ("antigen_history.result", 11)),
        ("&%0010060010307", ("antigen_history.history", 13)),
        ("&%00200600103040060010404", ("antigen_history.contradiction", 21)),
        ("&%00A", ("antigen_history.characters", 4)),
    ],
)
def test_antigen_history_that_cannot_be(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


@pytest.mark.parametrize(  # ST-001 9.2
    ("digits", "a", "b", "hpa"),
    [
        ("029907999999999900", ("A2",), ("B7",), {}),
        ("020207079999999900", ("A2", "A2"), ("B7", "B7"), {}),
        ("022408279999999900", ("A2", "A24"), ("B8", "B27"), {}),
        ("999999993999999900", (), (), {"HPA-1a": False}),
        ("029908993999999900", ("A2",), ("B8",), {"HPA-1a": False}),
    ],
)
def test_platelet_antigens(digits: str, a: tuple[str, ...], b: tuple[str, ...], hpa: dict[str, bool]) -> None:
    found = one("&{" + digits)
    assert isinstance(found, PlateletAntigens)
    assert (found.hla_a, found.hla_b, found.hpa) == (a, b, hpa)


def test_iga_cmv_and_titre_of_platelets() -> None:
    deficient, low = one("&{999999999999999400"), one("&{029907999999999901")
    assert isinstance(deficient, PlateletAntigens)
    assert isinstance(low, PlateletAntigens)
    assert deficient.meaning["iga"] == deficient.meaning["cmv_antibody"] == "negative"
    assert low.meaning["high_titre"] == "high titre not detected"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&{040407079999999900", ("platelets.hla", 2)),
        ("&{240207079999999900", ("platelets.order", 4)),
        ("&{029907999999999912", ("platelets.reserved", 18)),
        ("&{029907999999999902", ("platelets.titre", 19)),
    ],
)
def test_platelet_antigens_that_cannot_be(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


# markers


def test_infection_markers_of_the_example() -> None:  # ST-001 9.3
    found = one('&"321415000000000000')
    assert isinstance(found, InfectionMarkers)
    assert found.reactive == ("HCV antibody", "CMV antibody")
    told = {name for name, result in found.results.items() if result is Result.NEGATIVE}
    assert told == {"HIV-1/2 antibody", "HCV NAT", "HBc antibody", "HBsAg", "HTLV-I/II antibody", "syphilis antibody"}


@pytest.mark.parametrize("position", range(18))
def test_a_marker_that_is_not_defined_is_never_taken_for_negative(position: int) -> None:
    digits = ["0"] * 18
    digits[position] = "9"
    assert fault('&"' + "".join(digits)) == ("markers.undefined", 2 + position)
    digits[position] = "4"
    if position >= 11:  # the second marker of 12, and all of 13 to 18
        assert fault('&"' + "".join(digits)) == ("markers.undefined", 2 + position)


# consignment and dimensions


def test_a_consignment() -> None:
    found = one("=$A999917123450102")  # ST-001 Figure 7
    assert isinstance(found, Consignment)
    assert (found.facility, found.year, found.serial, found.container, found.containers) == ("A9999", 17, "12345", 1, 2)
    assert Consignment.of("A9999", 26, 42, container=0, containers=3).is_document
    assert fault("=$A999917123450302") == ("consignment.container", 14)


def test_dimensions() -> None:
    found = one("&$020100010022300003000703151100")
    assert isinstance(found, Dimensions)
    first, second = found.meaning["dimensions"]  # type: ignore[misc] # plain values for JSON
    assert first == {"dimension": "volume", "relation": "=", "value": "223", "unit": "mL"}
    assert second == {"dimension": "platelets", "relation": ">=", "value": "315.1", "unit": "1E9"}


# more than one structure


def test_a_compound_message_is_walked_by_length() -> None:
    for message in (LABEL, EUROPEAN):
        head, *members = parse(message)
        assert isinstance(head, CompoundMessage)
        assert head.count == len(members)
        assert "".join(element.encode() for element in (head, *members)) == message
        assert compound_message(members) == message


def test_content_that_looks_like_a_border_is_content() -> None:
    assert fault("=+02000=%5100=%51=%")[0] == "group.characters"
    head, first, second = parse("=+02000&#0104Az19=%5100")
    assert (head.data_structure, first.content, second.content) == (23, "0104Az19", "5100")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=+03000=%5100", ("compound.count", 13)),
        ("=+01000=%5100=%6200", ("compound.count", 2)),
        ("=+00000", ("compound.count", 2)),
        ("]d1=+01000=%5100=%6200", ("compound.count", 5)),
        ("=+01000=%51", ("group.length", 11)),
        ("=+01000=?5100", ("scan.identifier", 8)),
        ("=+02000=%5100&a123", ("compound.member", 13)),
        ("=+02000=%5100&;123", ("compound.member", 13)),
        ("=+01000=+01000=%5100", ("compound.member", 7)),
        ("=%5100=+01000=%5100", ("scan.trailing", 13)),
        ("=%5100=+01000", ("scan.pair", 6)),
        ("=%5100&a1", ("scan.pair", 6)),
        ("=%5100=%5100=%5100", ("scan.trailing", 12)),
        ("={620000000000000000", ("scan.retired", 0)),
        ("]C1=%5100", ("scan.prefix", 2)),
        ("]E0=%5100", ("scan.prefix", 1)),
        ("]C4", ("scan.empty", 3)),
        ("", ("scan.empty", 0)),
        (" =%5100", ("scan.identifier", 0)),
        ("=%5100\r", ("scan.identifier", 6)),
        ("&,5", ("scan.identifier", 2)),
    ],
)
def test_what_is_not_whole_is_refused_with_its_place(text: str, expected: tuple[str, int]) -> None:
    assert fault(text) == expected


@pytest.mark.parametrize(
    ("left", "right", "numbers"),
    [
        ("=A999921123456" + "63", "=%6200", (1, 2)),
        ("=<E4306V00", "&>0260592359", (3, 5)),
        ("=A99992112345663", "=<E4306V00", (1, 3)),
        ("=A99992112345663", "=;A99990000222244445555", (1, 19)),
        ("=)2XX00AB123", "&)00001234rZ", (17, 18)),
        ("=-XX00027QzE", "&-00001234rZ", (21, 22)),
        ("=#0119850228", "&#0105AB123", (24, 25)),
    ],
)
def test_two_codes_read_in_one_sweep(left: str, right: str, numbers: tuple[int, int]) -> None:
    found = parse(f"]C4{left}{right}", Concatenation.REQUIRED)
    assert tuple(element.data_structure for element in found) == numbers
    assert [element.encode() for element in found] == [left, right]
    with pytest.raises(ScanError) as raised:
        parse(left + right, Concatenation.FORBIDDEN)
    assert (raised.value.code, raised.value.position) == ("scan.pair", len(left))
    with pytest.raises(ScanError) as raised:
        parse(left, Concatenation.REQUIRED)
    assert raised.value.code == "scan.single"


def test_a_label_names_its_bag_by_any_of_its_codes() -> None:
    assert read_label(f"]d1{LABEL}") == ("A999926123456", "E4306V00")
    assert read_label("]C4=A99992112345663=<E4306V00") == ("A999921123456", "E4306V00")
    assert read_label("=A99992112345663=%6200") == ("A999921123456", None)
    assert read_label("=<E4306V00&>0260592359") == (None, "E4306V00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=%6200", "label.neither"),
        ("=<E4306V00=<E4307V00", "label.several"),
        ("=<E4306V99", "product.division"),
    ],
)
def test_what_names_no_bag_or_two_is_refused(text: str, code: str) -> None:
    with pytest.raises(ScanError) as raised:
        read_label(text)
    assert raised.value.code == code


def test_national_structures_are_read_as_they_are_and_only_alone() -> None:
    found = one("&a=%5100")
    assert (found.data_structure, found.content) == (None, "a=%5100")
    with pytest.raises(ScanError):
        compound_message([found])


@given(st.text(max_size=60) | st.text(alphabet="=&<>%+*]C4A9\\{0123456789", max_size=40))
def test_any_text_is_a_scan_or_a_scan_error(text: str) -> None:
    assert isbt_mutations.judge(text)
