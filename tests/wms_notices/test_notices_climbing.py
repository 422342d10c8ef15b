"""The ladder on a real book of alarms: begun, climbed, ended by a person or by itself, nothing lost or doubled."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from wms_notices.conftest import ANN, ON, shifts

from wms.alarms import book, conditions, shelving
from wms.alarms.machine import Condition
from wms.alarms.tables import journal
from wms.errors import Conflict, Invalid
from wms.notices import duty_watch, read, rotas
from wms.notices.ladder import Position
from wms.notices.outbox import NoticeState, ReceiptKind, open_notice
from wms.notices.wall import Sound
from wms.store.tx import Actor

QUINN = Actor("quinn", "web/test")
BOB = Actor("bob", "web/test")


def hooked(site) -> list[tuple[int, int, str]]:
    return [(one.step, one.repeat, one.who.value) for one in site.notices() if one.channel == "hook"]


async def test_somebody_is_told_at_once(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.look()
    assert {(one.channel, one.state, one.alarm, one.step) for one in site.notices()} == {
        ("wall", NoticeState.QUEUED, alarm, 0),
        ("hook", NoticeState.QUEUED, alarm, 0),
    }


async def test_looking_twice_doubles_nothing(site):
    await site.tell(Condition.ACTIVE)
    for _ in range(5):
        await site.look()
    assert len(site.notices()) == 2


async def test_an_unanswered_alarm_climbs_to_everybody(site):
    await site.tell(Condition.ACTIVE, level=1)  # priority 1
    await site.look()
    await site.pass_minutes(31)
    steps = {step: who for step, repeat, who in hooked(site) if not repeat}
    assert steps == {
        0: "operator",
        1: "shift_lead",
        2: "quality",
        4: "everybody",
    }  # quality and engineer share the hook
    assert max(repeat for _, repeat, _ in hooked(site)) >= 5


async def test_each_step_is_written_into_the_journal_of_the_alarm(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.pass_minutes(11)
    with site.warehouse.read() as conn:
        rows = conn.execute(select(journal.c.event, journal.c.comment).where(journal.c.alarm == alarm)).all()
    (step,) = [row.comment for row in rows if row.event == "escalate"]
    assert step == "Shift lead / 值班组长: bob"


async def test_acknowledging_ends_it_and_says_who_and_how_long(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.look()
    await site.pass_minutes(3)
    await site.write(lambda tx: book.acknowledge(tx, ANN, alarm))
    before = len(site.notices())
    await site.pass_minutes(60)
    assert len(site.notices()) == before
    with site.warehouse.read() as conn:
        found = read.responses(conn, site.clock.now().replace(year=2026, month=1), site.clock.now(), 10)
    (one,) = found.items
    assert (one.acted_by, one.act, one.minutes, one.steps) == ("ann", "acknowledge", 3.0, 1)
    (second,) = [row for row in found.by_priority if row.climbs]
    assert (second.priority, second.answered, second.unanswered, second.median_min) == (2, 1, 0, 3.0)


async def test_what_has_not_gone_out_when_somebody_acts_is_withdrawn_and_received_by_who_acted(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.look()
    await site.write(lambda tx: book.acknowledge(tx, ANN, alarm))
    await site.look()
    assert {one.state for one in site.notices()} == {NoticeState.WITHDRAWN}
    assert {(one.received_by, one.received_how) for one in site.notices()} == {("ann", ReceiptKind.ACTED)}


async def test_shelving_is_acting_and_the_end_of_the_shelf_begins_anew(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.look()
    await site.write(lambda tx: shelving.shelve(tx, BOB, alarm, 30, "being looked at"))
    await site.pass_minutes(29)
    assert len(site.climbs()) == 1
    await site.pass_minutes(2)
    await site.write(book.tick)
    await site.pass_minutes(1)
    first, second = site.climbs()
    assert (first.acted_by, first.act) == ("bob", "shelve")
    assert (second.step, second.ended_us) == (0, None)


async def test_a_re_alarm_starts_at_the_bottom(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.pass_minutes(12)
    await site.write(lambda tx: book.acknowledge(tx, ANN, alarm))
    await site.look()
    site.clock.step(60)
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    first, second = site.climbs()
    assert (first.priority, first.step, first.acted_by) == (2, 1, "ann")
    assert (second.priority, second.step, second.acted_by) == (1, 0, None)


async def test_a_higher_priority_is_a_new_climb_although_nobody_acted(site):
    await site.tell(Condition.ACTIVE)
    await site.look()
    site.clock.step(60)
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    first, second = site.climbs()
    assert (first.act, first.acted_by, second.priority) == ("priority_changed", None, 1)


async def test_an_alarm_that_is_over_by_itself_calls_nobody_any_more(site):
    await site.tell(Condition.ACTIVE)
    await site.look()
    await site.tell(Condition.INACTIVE)
    await site.pass_minutes(40)
    (only,) = site.climbs()
    assert (only.act, only.acted_by) == ("returned_unacknowledged", None)
    assert {one.step for one in site.notices()} == {0}


async def test_the_highest_priority_goes_on_calling_although_it_is_over(site):
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    await site.tell(Condition.INACTIVE, level=1)
    await site.pass_minutes(6)
    (only,) = site.climbs()
    assert only.ended_us is None
    assert only.step == 1


async def test_the_ladder_goes_on_after_a_restart_of_its_reader(site):
    """All state is in the database: a look after an hour's standstill tells what was missed, once."""
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    site.clock.step(3600)
    await site.look()
    await site.look()
    at_once = [one for one in hooked(site) if one[0] > 0]
    assert at_once == [(1, 0, "shift_lead")]  # one message for the hook, and it names all that were due
    (second,) = [one for one in site.notices() if one.channel == "hook" and one.step == 1]
    with site.warehouse.read() as conn:
        (escalation,) = read.escalations(conn, {second.alarm}).values()
    assert escalation.step == 4
    assert set(escalation.told) == set(ON.values())


async def test_the_wall_sounds_until_somebody_acts(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.look()

    def sound() -> Sound:
        with site.warehouse.read() as conn:
            return read.wall(conn, site.warehouse.plant, site.clock.now()).sound

    assert sound() is Sound.WARNING
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    assert sound() is Sound.CRITICAL
    await site.write(lambda tx: book.acknowledge(tx, ANN, alarm))
    await site.look()
    assert sound() is Sound.NONE


async def test_opening_a_notice_is_a_receipt_and_no_act(site):
    await site.tell(Condition.ACTIVE)
    await site.look()
    one = site.notices()[0]
    await site.write(lambda tx: open_notice(tx, BOB, one.id))
    await site.write(lambda tx: open_notice(tx, ANN, one.id))
    found = next(each for each in site.notices() if each.id == one.id)
    assert (found.received_by, found.received_how) == ("bob", ReceiptKind.OPENED)
    assert site.climbs()[0].ended_us is None


async def test_a_gap_in_the_rota_is_an_alarm_and_everybody_of_the_role_is_told(site):
    one_less = shifts({position: person for position, person in ON.items() if position != "operator"})
    await site.write(lambda tx: rotas.replace(tx, QUINN, 1, one_less, [], "nobody to be had"))
    await site.write(duty_watch.tick)
    await site.write(duty_watch.tick)
    with site.warehouse.read() as conn:
        view = read.rota_view(conn, site.warehouse.plant, site.clock.now())
    assert [(one.position, one.people) for one in view.on_duty if one.gap] == [(Position.OPERATOR, ("ann", "bob"))]
    await site.look()
    assert [(one.priority, one.who) for one in site.notices() if one.channel == "wall"] == [(3, Position.QUALITY)]
    await site.write(lambda tx: rotas.replace(tx, QUINN, 2, shifts(), [], "found somebody"))
    await site.write(duty_watch.tick)
    assert not await site.write(lambda tx: book.is_active(tx, "rota/operator", conditions.ROTA_GAP))


async def test_two_people_do_not_overwrite_each_others_rota(site):
    await site.write(lambda tx: rotas.replace(tx, QUINN, 1, shifts(), [], "a second version"))
    with pytest.raises(Conflict, match="quinn has changed the rota"):
        await site.write(lambda tx: rotas.replace(tx, ANN, 1, shifts(), [], "too late"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person": "nobody"}, "rota.person"),
        ({"substitute": "ann"}, "rota.substitute"),
        ({"position": "everybody"}, "rota.position"),
        ({"position": "janitor"}, "rota.content"),
        ({"weekdays": "all"}, "rota.content"),
    ],
)
async def test_a_rota_that_cannot_be_is_refused_and_changes_nothing(site, change, code):
    wrong = [{**shifts()[0], **change}]
    with pytest.raises(Invalid) as refusal:
        await site.write(lambda tx: rotas.replace(tx, QUINN, 1, wrong, [], "wrong"))
    assert refusal.value.code == code
    with site.warehouse.read() as conn:
        assert rotas.newest(conn).version == 1


async def test_an_alarm_that_comes_and_goes_unseen_climbs_on_to_the_next_person(site):
    for _ in range(4):  # every five minutes, two minutes each: no single time lasts until the second step
        await site.tell(Condition.ACTIVE)
        await site.pass_minutes(2)
        await site.tell(Condition.INACTIVE)
        await site.pass_minutes(3)
    assert {name for one in site.notices() for name in one.told} == {"ann", "bob"}


async def test_an_alarm_that_somebody_saw_or_that_comes_back_much_later_starts_at_the_bottom(site):
    alarm = await site.tell(Condition.ACTIVE)
    await site.pass_minutes(2)
    await site.tell(Condition.INACTIVE)
    await site.pass_minutes(1)
    await site.write(lambda tx: book.acknowledge(tx, ANN, alarm))
    await site.pass_minutes(20)
    await site.tell(Condition.ACTIVE)
    await site.pass_minutes(2)
    await site.tell(Condition.INACTIVE)
    await site.pass_minutes(90, every=15)
    await site.tell(Condition.ACTIVE)
    await site.pass_minutes(2)
    assert {name for one in site.notices() for name in one.told} == {"ann"}
