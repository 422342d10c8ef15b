"""The named expectations of the scenarios: each returns what is wrong, or None. Minutes count from the beginning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from whole.evidence import Evidence

from telemetry.conditions import Condition
from telemetry.live import LiveQuality

Check = Callable[[Evidence], str | None]
CHECKS: dict[str, Check] = {}
HIGH = ("temperature_high",)
TEMPERATURE = ("temperature_high", "temperature_low")
TREND = ("temperature_trend", "cooling_labours")
FAILED_AT = 10.0
"""Minute of the first event in most scenarios."""


def named(check: Check) -> Check:
    CHECKS[check.__name__] = check
    return check


def within(value: float | None, low: float, high: float, what: str) -> str | None:
    if value is None:
        return f"{what}: never"
    return None if low <= value <= high else f"{what}: at minute {value:.1f}, wanted {low:g} to {high:g}"


# ---- what must not be -----------------------------------------------------------------------------------------------


@named
def no_alarm(e: Evidence) -> str | None:
    """Beside what the stock at the opening gives, and the duties that nobody does here."""
    expected = ("stock_", "duty_overdue")
    raised = [step for step in e.raised() if not step.condition.startswith(expected)]
    return f"alarms: {[(step.source, step.condition) for step in raised]}" if raised else None


@named
def no_hold(e: Evidence) -> str | None:
    return f"holds: {[(hold.place, hold.bag, hold.reason) for hold in e.holds]}" if e.holds else None


@named
def no_excursion(e: Evidence) -> str | None:
    found = e.witness.notes["excursions"]
    return f"excursions: {found}" if found else None


@named
def nothing_discarded(e: Evidence) -> str | None:
    gone = [name for name, bag in e.bags.items() if bag["status"] in {"NONCONFORMING", "DISCARDED", "LOST"}]
    return f"{len(gone)} bags are {gone[:3]}" if gone else None


# ---- doors ----------------------------------------------------------------------------------------------------------


@named
def door_was_seen(e: Evidence) -> str | None:
    return None if 1.0 in e.witness.notes["door values"] else "telemetry never heard of the open door"


@named
def door_alarm_at_3_min(e: Evidence) -> str | None:
    """Open for a minute is a notice; for three it is the alarm that a second priority makes of it."""
    long = [e.minute(c.at) for c in e.changes if c.condition is Condition.DOOR_OPEN_LONG and c.active]
    raised = e.first("door_open", source="cold-1-door")
    return within(raised, FAILED_AT, FAILED_AT + 3.5, "door notice") or within(
        min(long, default=None), FAILED_AT + 3.0, FAILED_AT + 3.5, "door alarm"
    )


@named
def air_alarm_after_its_delay(e: Evidence) -> str | None:
    """The door holds the air alarm back for ten minutes; the air is outside for longer than that."""
    return within(e.first(*HIGH, source="cold-1-air"), FAILED_AT + 5.0, FAILED_AT + 16.0, "air alarm")


@named
def alarm_names_bags(e: Evidence) -> str | None:
    stakes = [alarm["stake"]["bags"] for alarm in e.witness.notes["alarms"] if alarm["place"] == "cold-1"]
    there = sum(str(bag["place"]).startswith("cold-1/") for bag in e.bags.values())
    return None if stakes and all(bags == there for bags in stakes) else f"stakes {stakes}, in the store are {there}"


@named
def alarm_says_minutes_left(e: Evidence) -> str | None:
    left = [alarm["stake"]["minutes_left"] for alarm in e.witness.notes["alarms"] if alarm["place"] == "cold-1"]
    return None if any(minutes is not None for minutes in left) else "no alarm of the store says minutes left"


@named
def first_warning_within_90_min(e: Evidence) -> str | None:
    raised = [e.minute(step.at) for step in e.raised() if step.source.startswith("plasma-1")]
    return within(min(raised, default=None), 60.0, 150.0, "first warning")


@named
def predicted_time_warning(e: Evidence) -> str | None:
    limit = e.first_minute(lambda m: m.element_c["plasma-1-load"] > -18.0) or e.scenario.hours * 60
    return within(e.first("temperature_trend"), 60.0, limit, "warning of a predicted time")


@named
def door_state_shown(e: Evidence) -> str | None:
    chamber = next(one for one in e.witness.notes["overview"]["chambers"] if one["device"] == "plasma-1")
    return None if chamber["door_open"] is True else f"the board shows the door as {chamber['door_open']}"


# ---- cooling that fails ---------------------------------------------------------------------------------------------


@named
def trend_warning_in_time(e: Evidence) -> str | None:
    """A blood fridge, which is lost in 67 minutes, must warn within 30; a cold room at the same share of its way."""
    limit = e.above_for_good("cold-1-air", 6.0)
    return within(e.first(*TREND), FAILED_AT, FAILED_AT + (limit - FAILED_AT) * 30 / 67, "trend warning")


@named
def alarm_at_the_limit(e: Evidence) -> str | None:
    limit = e.above_for_good("cold-1-air", 6.0)
    return within(e.first(*HIGH, source="cold-1-air"), limit, limit + 5.0 + 3.0, "air alarm")


@named
def bags_held_when_the_load_is_outside(e: Evidence) -> str | None:
    limit = e.above_for_good("cold-1-load", 6.0)
    held = [e.minute(hold.opened_at) for hold in e.holds if hold.place == "cold-1"]
    return within(min(held, default=None), limit - 2.0, limit + 1.0 + 5.0, "hold of the store")


@named
def rescue_list(e: Evidence) -> str | None:
    return None if e.witness.notes.get("rescue") else "there is no list of what to save first and where to"


@named
def all_moved_before_core_10_c(e: Evidence) -> str | None:
    warmest = max((m.warmest_c.get("cold-1", 0.0) for m in e.witness.minutes), default=0.0)
    left = sum(str(bag["place"]).startswith("cold-1/") for bag in e.bags.values())
    return f"{left} bags lie in the warm store still (warmest core {warmest:.1f} C)" if left else None


@named
def orders_planned_anew(e: Evidence) -> str | None:
    lines = e.witness.notes["order"]["lines"]
    before = {bag["bag"] for line in e.witness.notes["order before"]["lines"] for bag in line["bags"]}
    bags = [bag["bag"] for line in lines for bag in line["bags"]]
    if not before:
        return "the order was never planned"
    warm = [bag for bag in bags if str(e.bags[bag]["place"]).startswith("cold-1/")]
    missing = sum(line["quantity"] for line in lines) - len(bags)
    return f"{len(warm)} bags of the warm store are still promised, {missing} are missing" if warm or missing else None


@named
def alarm_within_5_min_of_limit_and_delay(e: Evidence) -> str | None:
    limit = e.above_for_good("cold-1-air", 6.0)
    return within(e.first(*HIGH, source="cold-1-air"), limit, limit + 5.0 + 5.0, "air alarm")


@named
def escalates_until_acknowledged(e: Evidence) -> str | None:
    raised = e.first(*HIGH, source="cold-1-air")
    steps = [e.minute(step.at) for step in e.alarms if step.source == "cold-1-air" and step.event == "escalate"]
    acknowledged = e.witness.notes.get("acknowledged", 1e9)
    if raised is None or not steps:
        return "nobody was told louder"
    late = [at for at in steps if at > acknowledged]
    return f"it went on after minute {acknowledged}: {late}" if late else None


@named
def low_alarm(e: Evidence) -> str | None:
    cold = e.first_minute(lambda m: m.element_c["cold-1-load"] < 2.0)
    assert cold is not None, "the store never got cold"
    return within(e.first("temperature_low", source="cold-1-load"), cold - 3.0, cold + 1.0 + 4.0, "low alarm")


@named
def held_as_frozen_suspect(e: Evidence) -> str | None:
    held = [hold for hold in e.holds if hold.place == "cold-1" and "below" in hold.reason]
    return None if held else "the store is not held for having been too cold"


@named
def none_of_the_store_issued(e: Evidence) -> str | None:
    """Not one bag that lay in the store when it was held passed the portal afterwards."""
    held = next(hold.opened_at for hold in e.holds if hold.place == "cold-1")
    suspects = set(e.witness.notes["in the store when held"])
    left = [
        line["bag"]
        for line in e.log
        if line["event"] == "crossing" and line["portal"] == "p4" and line["outcome"] == "crossed"
        and line["bag"] in suspects and line["at"] > held.isoformat()
    ]  # fmt: skip
    return f"left all the same: {left}" if left else None


@named
def warning_24_h_before_the_limit(e: Evidence) -> str | None:
    """The limit is that of the load; while it is not reached, the end of the scenario stands for it."""
    limit = e.first_minute(lambda m: m.element_c["plasma-1-load"] > -18.0) or e.scenario.hours * 60
    warned = [e.minute(step.at) for step in e.raised(*TREND) if step.source.startswith("plasma-1")]
    return within(min(warned, default=None), 60.0, limit - 24 * 60.0, "warning")


# ---- freezing -------------------------------------------------------------------------------------------------------


@named
def batch_failed(e: Evidence) -> str | None:
    slow = [line for line in e.log if line["event"] == "frozen"]
    failed = [hold for hold in e.holds if hold.reason.startswith("freeze_failed")]
    return None if slow and failed else f"{len(slow)} bags were frozen, {len(failed)} held for their record"


@named
def batch_held(e: Evidence) -> str | None:
    frozen = {line["bag"] for line in e.log if line["event"] == "frozen" and (line["minutes"] or 1e9) > 60}
    held = {hold.bag for hold in e.holds if hold.lifted_at is None}
    return None if frozen <= held else f"not held: {sorted(frozen - held)}"


@named
def none_in_stock_as_ffp(e: Evidence) -> str | None:
    frozen = {line["bag"] for line in e.log if line["event"] == "frozen"}
    free = [name for name in frozen if e.bags[name]["status"] in {"AVAILABLE", "RESERVED", "PICKED", "PACKED"}]
    return f"in stock: {free}" if free else None


# ---- probes ---------------------------------------------------------------------------------------------------------


@named
def stuck_alarm(e: Evidence) -> str | None:
    return within(e.first("probe_stuck", "probes_disagree"), 10.0, e.scenario.hours * 60, "stuck or disagreeing")


@named
def alarm_before_core_6_c(e: Evidence) -> str | None:
    core = e.first_minute(lambda m: m.warmest_c.get("cold-1", 0.0) > 6.0) or e.scenario.hours * 60
    return within(e.first(*TEMPERATURE, "probe_stuck", "probes_disagree"), 10.0, core, "alarm")


@named
def covered_by_the_good_probe_only(e: Evidence) -> str | None:
    """A probe that is known to be stuck is not shown as good: the load probe alone speaks for the bags."""
    at = e.first("probe_stuck", source="cold-1-air")
    if at is None:
        return "the air probe was never found out"
    later = [minute for minute in e.witness.minutes if e.minute(minute.at) > at + 2.0]
    shown = [minute.at for minute in later if minute.said["cold-1-air"].quality is LiveQuality.GOOD]
    return f"its value was shown as good {len(shown)} times afterwards" if shown else None


@named
def quality_bad(e: Evidence) -> str | None:
    wild = [value for value in e.witness.said_good("cold-1-load") if not -10.0 < value < 20.0]
    return f"shown as good: {wild[:5]}" if wild else None


@named
def one_sensor_alarm(e: Evidence) -> str | None:
    sources = {(step.source, step.condition) for step in e.raised() if step.condition != "stock_low"}
    return None if sources == {("cold-1-load", "probe_bad")} else f"alarms of {sorted(sources)}"


# ---- power, agitator ------------------------------------------------------------------------------------------------


@named
def power_alarms_within_10_s(e: Evidence) -> str | None:
    known = {step.source for step in e.alarms if step.condition == "power_lost" and step.from_state == "normal"}
    raised = [e.minute(step.at) for step in e.alarms if step.condition == "power_lost" and step.from_state == "normal"]
    late = [at for at in raised if at > FAILED_AT + 10 / 60 + 1e-6]
    return f"alarms of {sorted(known)} at {raised}" if len(known) < len(_STORES) or late else None


_STORES = ("cold-1", "cold-2", "platelet-1", "plasma-1", "plasma-2", "ult-1")


@named
def doors_to_stay_shut_advised(e: Evidence) -> str | None:
    said = [alarm["guidance_en"] for alarm in e.witness.notes["alarms"] if alarm["condition"] == "power_lost"]
    return None if said and all("doors shut" in text for text in said) else f"guidance: {said}"


@named
def grouped_as_one_cause(e: Evidence) -> str | None:
    """One alarm rings; those of the stores stand behind it."""
    power = [a for a in e.witness.notes["alarms"] if a["condition"] in {"power_lost", "site_power_lost"}]
    ringing = sorted(a["source"] for a in power if a["state"] != "suppressed")
    return None if ringing == ["riverside"] else f"{len(ringing)} alarms ring for one cause: {ringing}"


@named
def agitator_warning_at_30_min(e: Evidence) -> str | None:
    return within(e.first("agitator_stopped"), 40.0, 41.5, "agitator warning")


@named
def agitator_alarm_at_60_min(e: Evidence) -> str | None:
    louder = [e.minute(c.at) for c in e.changes if c.condition.value == "agitator_stopped_long" and c.active]
    return within(min(louder, default=None), 70.0, 71.5, "agitator alarm")


@named
def gap_minutes_exact(e: Evidence) -> str | None:
    minutes = e.witness.notes["unshaken minutes"]
    wrong = {bag: found for bag, found in minutes.items() if abs(found - 75.0) > 1.0}
    if not minutes:
        return "no platelets lay in the incubator"
    return f"{len(wrong)} of {len(minutes)} bags, such as {next(iter(wrong.items()))}" if wrong else None


# ---- portals --------------------------------------------------------------------------------------------------------


@named
def no_crossing(e: Evidence) -> str | None:
    crossed = [line for line in e.log if line["event"] == "crossing"]
    told = e.witness.notes["facts"].get("org.hemovault.rfid.crossing.v1", 0)
    return None if told == 0 and not crossed else f"{told} crossings were reported, {len(crossed)} happened"


@named
def no_false_move(e: Evidence) -> str | None:
    bag = e.witness.notes["stray bag"]
    place = str(e.bags[bag]["place"])
    return None if place.startswith("cold-1/s1/") else f"{bag} is said to be at {place}"


@named
def silent_reader_alarm(e: Evidence) -> str | None:
    return within(e.first("reader_deaf", "reader_silent"), 60.0, 90.0, "alarm of a silent reader")


@named
def dispatch_shut(e: Evidence) -> str | None:
    """Nothing leaves while the portal is deaf."""
    left = [
        line for line in e.log
        if line["event"] == "dispatched" and 60.0 < e.minute(_instant(line)) < 90.0
    ]  # fmt: skip
    return f"{len(left)} shipments left meanwhile" if left else None


@named
def no_bag_left_unread(e: Evidence) -> str | None:
    crossed = {
        line["bag"]
        for line in e.log
        if line["event"] == "crossing" and line["portal"] == "p4" and line["outcome"] == "crossed"
    }
    gone = {bag for line in e.log if line["event"] == "dispatched" for bag in line["bags"]}
    if not gone:
        return "no shipment left at all"
    return f"unread: {sorted(gone - crossed)}" if gone - crossed else None


def _instant(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])


# ---- moves ----------------------------------------------------------------------------------------------------------


def _unread(e: Evidence) -> list[str]:
    return [line["bag"] for line in e.log if line["event"] == "crossing" and line["outcome"] == "unread"]


@named
def crossings_of_the_others(e: Evidence) -> str | None:
    """Whoever was read beside a missed tag has crossed in the warehouse too."""
    missed = {line["at"] for line in e.log if line["event"] == "crossing" and line["outcome"] == "unread"}
    if not missed:
        return "no tag was missed"
    others = {
        line["bag"] for line in e.log
        if line["event"] == "crossing" and line["outcome"] == "crossed" and line["at"] in missed
    }  # fmt: skip
    unknown = others - set(e.witness.notes["crossed p3"])
    return f"not seen by the warehouse: {sorted(unknown)}" if unknown else None


@named
def one_missing_question(e: Evidence) -> str | None:
    asked = {step.source for step in e.raised("place_unknown")}
    passed = {line["bag"]: e.minute(_instant(line)) for line in e.log if line.get("outcome") == "unread"}
    return None if passed and asked >= passed.keys() else f"unread {passed}, asked for {sorted(asked)}"


@named
def unknown_place_until_read(e: Evidence) -> str | None:
    guessed = [bag for bag in _unread(e) if bag not in e.witness.notes["were nowhere"]]
    return f"their place was never unknown: {guessed}" if guessed or not _unread(e) else None


@named
def lock_refuses_and_names_the_reason(e: Evidence) -> str | None:
    refused = [line for line in e.log if line["event"] == "lock" and line["outcome"] == "refused" and line["reason"]]
    named_it = e.raised("lock_content")
    return None if refused and named_it else f"{len(refused)} refusals, {len(named_it)} alarms"


@named
def held_bag_did_not_leave(e: Evidence) -> str | None:
    held = e.witness.notes["held bag"]
    left = [line for line in e.log if line["event"] == "crossing" and line["bag"] == held and line["portal"] == "p4"]
    return f"{held} left: {left}" if any(line["outcome"] == "crossed" for line in left) else None


@named
def returned_to_quarantine(e: Evidence) -> str | None:
    place = str(e.bags[e.witness.notes["held bag"]]["place"])
    return None if "/q" in place else f"it is at {place}"


@named
def jam_alarm(e: Evidence) -> str | None:
    return within(e.first("machine_held", "device_held", source="conv-1"), 30.0, 40.0, "alarm of the jam")


@named
def exposure_clock(e: Evidence) -> str | None:
    return None if e.witness.notes.get("exposure clocks") else "nobody counts the minutes of bags on a standing belt"


@named
def none_above_10_c_released(e: Evidence) -> str | None:
    held = {hold.bag for hold in e.holds if hold.lifted_at is None}
    free = [bag for bag in e.witness.warmed if bag in e.bags and bag not in held and e.bags[bag]["status"] in _USABLE]
    return f"{len(free)} bags were warmer than 10 C and may be used: {free[:3]}" if free else None


_USABLE = {"AVAILABLE", "RESERVED", "PICKED", "PACKED"}


@named
def every_sibling_found_in_10_s(e: Evidence) -> str | None:
    """Ten real seconds after the result every bag of the donation is held or condemned, wherever it is."""
    loose = e.witness.notes["loose siblings"]
    return f"still usable: {loose}" if loose else None


@named
def hospital_told(e: Evidence) -> str | None:
    return None if e.witness.notes.get("recalls") else "the hospital that has the bag hears nothing"


@named
def receipt_of_recall_acknowledged(e: Evidence) -> str | None:
    told = e.witness.notes.get("recalls")
    return None if told and all(one["acknowledged"] for one in told) else "there is nothing to acknowledge"


@named
def box_alarm(e: Evidence) -> str | None:
    boxes = [
        step for step in e.raised() if step.condition in {"box_endangered", "box_refused"} or "-logger" in step.source
    ]
    return None if boxes else "no box alarmed"


@named
def van_rerouted(e: Evidence) -> str | None:
    rescues = [
        trip for trip in e.witness.notes["trips"] if trip["state"] != "stuck" and "rescue" in trip["why_en"].lower()
    ]
    return None if rescues else "no other vehicle was sent"


@named
def replacement_ordered(e: Evidence) -> str | None:
    return None if e.witness.notes.get("replacements") else "nobody orders again what lies in the lost box"


@named
def warm_box_refused(e: Evidence) -> str | None:
    """A box without coolant is refused before it leaves, or what arrived too warm in it is received on hold."""
    warm = {bag for bag in e.witness.warmed if e.bags.get(bag, {}).get("status") == "RECEIVED"}
    held = {hold.bag for hold in e.holds}
    packed = [line for line in e.log if line["event"] == "fault" and line.get("fault") == "coolant_forgotten"]
    if packed and not warm and e.raised("box_refused"):
        return None
    if not packed or not warm:
        return f"nothing warm arrived ({len(packed)} boxes without coolant)"
    return f"accepted all the same: {sorted(warm - held)}" if warm - held else None


@named
def rest_accepted(e: Evidence) -> str | None:
    received = [line["bag"] for line in e.log if line["event"] == "received"]
    held = {hold.bag for hold in e.holds}
    good = [bag for bag in received if bag not in e.witness.warmed and bag not in held]
    return (
        None if len(good) >= len(received) / 2 and good else f"{len(good)} of {len(received)} received without a hold"
    )
