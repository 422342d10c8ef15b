"""The label station: what is printed is what its scanner reads; the tag is written, read and locked."""

from dataclasses import replace

import pytest
from simulators_day import AT, SEED
from simulators_orders import events, live, order, refusal, reports

from plant.model import Plant
from plc_bridge.messages import BagLabelled, PrintLabel
from simulators.floor import Bag, TagState
from simulators.machines.label_station import Mishap
from simulators.machines.packml import PackState
from simulators.machines.reliability import NEVER
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.world import World
from simulators.zpl import Reading, scan

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)
DIN, PRODUCT, GROUP, EXPIRY = "=A99992600000168", "=<D0002V00", "=%5100", "&>0263312359"


def zpl(din: str = DIN, expiry: str = "&>00263312359") -> str:
    return (
        "^XA^CI28^BY2\n"
        f"^FO20,20^BCN,80,N,N,N,N^FD{din}^FS\n"
        "^FO20,120^A0N,30,30^FDO RhD POSITIVE^FS"
        f"^FO400,20^BCN,80,N^FD{GROUP}^FS^FO20,300^BCN^FH_^FD_3D<D0002V00^FS"
        f"^FO400,300^BCN,80,N^FD{expiry}^FS^XZ"
    )


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def in_station(world: World, count: int = 1) -> list[Bag]:
    bags = [bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/q")][:count]
    for bag in bags:
        world.floor.put(bag, "label/cell-1")
    return bags


def label(bag: Bag, name: str = "l1", text: str | None = None) -> PrintLabel:
    return PrintLabel(label=name, bag=bag.id, epc=bag.epc, zpl=text or zpl())


def test_the_scanner_reads_what_the_zpl_prints() -> None:
    assert scan(zpl()) == Reading(din=DIN, product=PRODUCT, group=GROUP, expiry=EXPIRY)


def test_text_is_no_code_and_a_broken_one_is_not_read() -> None:
    assert scan("^XA^FO1,1^A0N^FD=A99992600000168^FS^XZ") == Reading()
    assert scan("^XA^BCN^FDrubbish^FS^XZ") == Reading()
    assert scan("") == Reading()


def test_a_sign_that_was_not_escaped_is_printed_wrong() -> None:
    assert scan(zpl(expiry="&>0263312359")).expiry == "&>263312359"


def test_a_matrix_alone_is_enough() -> None:
    assert scan(f"^XA^BXN,4,200^FD=+04000{DIN}{GROUP}{PRODUCT}{EXPIRY}^FS^XZ") == Reading(DIN, PRODUCT, GROUP, EXPIRY)


def test_a_label_takes_about_twenty_seconds_and_locks_the_tag(world: World) -> None:
    (bag,) = in_station(world)
    assert order(world, "label-1", "j", label(bag)) == "accepted"
    live(world, 0.2)
    assert not reports(world, BagLabelled)
    live(world, 0.5)
    (report,) = reports(world, BagLabelled)
    assert (report.din_read, report.product_read, report.group_read, report.expiry_read) == (
        DIN,
        PRODUCT,
        GROUP,
        EXPIRY,
    )
    assert (report.epc_read, report.tid, report.tag_locked, report.outcome) == (bag.epc, bag.tid, True, "done")
    assert [line["bag"] for line in events(world, "labelled")] == [bag.id]


def test_a_wrong_label_is_read_back_wrong(world: World) -> None:
    (bag,) = in_station(world)
    order(world, "label-1", "j", label(bag, text=zpl(din="=A99992600000999")))
    live(world, 1)
    assert reports(world, BagLabelled)[0].din_read == "=A99992600000999"


def test_a_bag_that_is_not_in_the_station_is_refused(world: World) -> None:
    bag = world.floor.at("dock")[0]
    assert "does not stand" in refusal(world, "label-1", "j", label(bag))
    (here,) = in_station(world)
    assert "not ZPL" in refusal(world, "label-1", "k", label(here, text="hello"))


def test_a_locked_tag_keeps_its_number(world: World) -> None:
    (bag,) = in_station(world)
    epc = bag.epc
    order(world, "label-1", "j", label(bag))
    live(world, 1)
    order(world, "label-1", "k", PrintLabel(label="l2", bag=bag.id, epc="0" * 32, zpl=zpl(), tag_user="3d2b"))
    live(world, 1)
    first, second = reports(world, BagLabelled)
    assert (second.epc_read, first.tag_user_read, second.tag_user_read) == (epc, "", "3d2b")


def test_a_dead_tag_is_neither_read_nor_locked(world: World) -> None:
    (bag,) = in_station(world)
    bag.tag = TagState.DEAD
    order(world, "label-1", "j", label(bag))
    live(world, 1)
    (report,) = reports(world, BagLabelled)
    assert (report.epc_read, report.tid, report.tag_locked, report.din_read) == (None, None, False, DIN)


def test_a_jam_holds_the_station_and_then_the_label_is_printed(world: World) -> None:
    (bag,) = in_station(world)
    station = world.state.label_stations["label-1"]
    station.forced = Mishap.JAM
    order(world, "label-1", "j", label(bag))
    live(world, 0.5)
    assert station.unit.state is PackState.HELD
    live(world, 60)
    assert reports(world, BagLabelled)[0].outcome == "done"
    assert [line["device"] for line in events(world, "jam")] == ["label-1"]


def test_a_misfeed_leaves_the_bag_without_a_label(world: World) -> None:
    (bag,) = in_station(world)
    world.state.label_stations["label-1"].forced = Mishap.MISFEED
    order(world, "label-1", "j", label(bag))
    live(world, 1)
    (report,) = reports(world, BagLabelled)
    assert (report.outcome, report.din_read) == ("failed", None)
    assert world.job_state("label-1", "j").status == "failed"


def test_a_mismatch_applies_the_label_before_once_more(world: World) -> None:
    first, second = in_station(world, 2)
    order(world, "label-1", "j", label(first, text=zpl(din="=A99992600000111")))
    live(world, 1)
    world.state.label_stations["label-1"].forced = Mishap.MISMATCH
    order(world, "label-1", "k", label(second, "l2"))
    live(world, 1)
    report = reports(world, BagLabelled)[1]
    assert (report.din_read, report.epc_read, report.outcome) == ("=A99992600000111", second.epc, "done")
