"""Checks of the bag itself: its holds, age, place, status, tests, label, custody and time out of control."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from blood.eligibility.facts import BagFacts, Purpose
from blood.eligibility.vocabulary import BagStatus, Custody, DonorCheck, Reason, ReasonCode, Zone
from blood.out_of_control import ExposureVerdict, judge

Reasons = Iterator[Reason]
_UNRELEASED: Final = frozenset({BagStatus.COLLECTED, BagStatus.PROCESSING, BagStatus.QUARANTINE})


def status_in(*allowed: BagStatus) -> Callable[[BagFacts, Purpose, datetime], Reasons]:
    """A check that the bag's status is one of these."""

    def status(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
        del purpose, at
        if facts.status not in allowed:
            yield Reason(ReasonCode.STATUS, facts.status.value)

    return status


def zone_in(*allowed: Zone) -> Callable[[BagFacts, Purpose, datetime], Reasons]:
    """A check that the bag lies in one of these zones."""

    def zone(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
        del purpose, at
        if facts.zone not in allowed:
            yield Reason(ReasonCode.ZONE, facts.zone.value)

    return zone


def free_of_holds(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """No open hold, no recall, and a donor who was not deferred."""
    del purpose, at
    yield from (Reason(ReasonCode.HOLD, hold) for hold in facts.open_holds)
    yield from (Reason(ReasonCode.RECALL, recall) for recall in facts.recalls)
    if facts.donor is DonorCheck.HELD:
        yield Reason(ReasonCode.DONOR, "the donor check has not cleared its donation")


def within_expiry(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Not past its expiry: at the minute itself it is."""
    del purpose
    if facts.expires_at <= at:
        yield Reason(ReasonCode.EXPIRED, f"expired {facts.expires_at.isoformat()}")


def where_it_belongs(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its place is known and not outside the permitted temperature."""
    del purpose, at
    if facts.open_excursion:
        yield Reason(ReasonCode.EXCURSION, "its place is outside the permitted temperature now")
    if not facts.place_known:
        yield Reason(ReasonCode.PLACE_UNKNOWN, "nobody knows where it is")


def at_the_centre(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """The centre answers for it."""
    del purpose, at
    if facts.custody is not Custody.CENTRE:
        yield Reason(ReasonCode.CUSTODY, f"hospital {facts.hospital} has it")


def at_the_hospital(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """A hospital answers for it: the one that asks."""
    if facts.custody is not Custody.HOSPITAL:
        yield Reason(ReasonCode.CUSTODY, "no hospital has it")
    else:
        yield from with_who_asks(facts, purpose, at)


def with_who_asks(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Whoever asks, a hospital or the centre, is who answers for it."""
    del at
    holder = facts.hospital if facts.custody is Custody.HOSPITAL else None
    if facts.custody is Custody.HOSPITAL and holder is None:
        yield Reason(ReasonCode.CUSTODY, "nobody knows which hospital has it")
    elif holder != purpose.hospital:
        yield Reason(ReasonCode.CUSTODY, "the centre has it" if holder is None else f"hospital {holder} has it")


def own_order(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """It is reserved for the order line that asks."""
    del at
    if purpose.order_line is None or facts.order_line != purpose.order_line:
        yield Reason(ReasonCode.OTHER_ORDER, facts.order_line or "no order")


def labelled(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its label was read back and agreed."""
    del purpose, at
    if not facts.labelled:
        yield Reason(ReasonCode.LABEL, "its label was not checked")


def unclaimed(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """No preparation order keeps it, but the one that asks."""
    del at
    if facts.claim is not None and facts.claim != purpose.claim:
        yield Reason(ReasonCode.CLAIMED, f"kept for preparation order {facts.claim}")


def release_gates(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Every gate of release is passed."""
    del purpose, at
    yield from (Reason(ReasonCode.RELEASE_GATE, failure) for failure in facts.release_failures)


def tested(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its laboratory results are complete and negative."""
    del purpose, at
    if facts.tests_negative is not True:
        state = "not complete" if facts.tests_negative is None else "not negative"
        yield Reason(ReasonCode.TESTS, f"laboratory results are {state}")


def as_asked_for(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """It is the component that was asked for, and lives as long as it is needed."""
    del at
    if purpose.component is not None and purpose.component != facts.component:
        yield Reason(ReasonCode.WRONG_COMPONENT, f"{facts.component}, asked for {purpose.component}")
    if purpose.usable_until is not None and facts.expires_at < purpose.usable_until:
        yield Reason(ReasonCode.TOO_SHORT_LIVED, f"expires {facts.expires_at.isoformat()}")


def group_known(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its ABO/RhD is confirmed."""
    del purpose, at
    if facts.group is None:
        yield Reason(ReasonCode.GROUP_UNKNOWN, "ABO/RhD is not confirmed")


def exposure_good(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its time out of control allows it to be given; not asked where nobody keeps the clock."""
    if facts.out_events is not None:
        yield from exposure_known_good(facts, purpose, at)


def exposure_known_good(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its time out of control is known and allows it to be given."""
    del purpose
    if facts.out_events is None:
        yield Reason(ReasonCode.EXPOSURE, "nobody kept its time out of control")
        return
    exposure = judge(facts.clock, facts.out_events, at)
    if exposure.verdict is not ExposureVerdict.OK:
        yield Reason(ReasonCode.EXPOSURE, exposure.detail)


def transfused_in_time(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Its transfusion can still be over within the hours after it left control."""
    del purpose
    due = None if facts.out_events is None else judge(facts.clock, facts.out_events, at).transfuse_by
    if due is not None and due <= at:
        yield Reason(ReasonCode.EXPOSURE, f"its transfusion had to be over by {due.isoformat()}")


def fit_to_process(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Untested blood may be prepared until it is released, blood that failed its tests never; nobody else has it."""
    if facts.status not in _UNRELEASED or facts.tests_negative is False:
        yield from tested(facts, purpose, at)
    if facts.status not in _UNRELEASED:
        yield from labelled(facts, purpose, at)
        yield from exposure_good(facts, purpose, at)
    if facts.status is BagStatus.RESERVED:
        yield from own_order(facts, purpose, at)
    yield from unclaimed(facts, purpose, at)
