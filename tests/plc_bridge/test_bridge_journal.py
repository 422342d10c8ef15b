"""The journal's rules: every report once, in order, and nothing missing in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc_bridge.journal import (
    LARGEST_DATA,
    JournalCursor,
    JournalEntry,
    JournalState,
    JournalUnreadable,
    decode_entries,
    follow,
    spool_entries,
)
from plc_bridge.messages import JournalLoss, JournalLossKind
from runtime.clock import SteppedClock

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
CLOCK = SteppedClock(AT)


def entry(seq: int, data: bytes = b"{}") -> JournalEntry:
    return JournalEntry(seq, AT, "org.hemovault.plc.bag-moved.v1", msgspec.Raw(data))


def losses(facts: list[object]) -> list[JournalLoss]:
    return [
        msgspec.json.decode(fact.data, type=JournalLoss)  # type: ignore[attr-defined] # SpoolEntry
        for fact in facts
        if fact.type == "org.hemovault.plc.journal-loss.v1"  # type: ignore[attr-defined] # SpoolEntry
    ]


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(0, 30))
def test_every_number_is_either_carried_or_reported_missing(numbers: set[int], start: int) -> None:
    facts, cursor = spool_entries(JournalCursor("e", start), [entry(n) for n in sorted(numbers)], "works", CLOCK)
    carried = {
        int(str(fact.source_key).rpartition("/")[2]) for fact in facts if str(fact.source_key).startswith("works/")
    }
    missing = {n for loss in losses(list(facts)) for n in range(loss.from_seq, (loss.to_seq or 0) + 1)}
    assert cursor.seq == max(start, *numbers)
    assert carried | missing == set(range(start + 1, cursor.seq + 1))
    assert not carried & missing


def test_source_keys_name_cell_journal_and_number() -> None:
    facts, _ = spool_entries(JournalCursor("e1", 3), [entry(4)], "works", CLOCK)
    assert [fact.source_key for fact in facts] == ["works/e1/4"]


def test_a_report_of_a_wrong_shape_is_carried_raw() -> None:
    (fact,), _ = spool_entries(JournalCursor("e"), [entry(1, b'{"nonsense": [1, 2]}')], "works", CLOCK)
    assert fact.data == b'{"nonsense": [1, 2]}'


def test_a_report_larger_than_a_fact_is_reported_not_dropped() -> None:
    big = json.dumps("x" * LARGEST_DATA).encode()
    facts, cursor = spool_entries(JournalCursor("e"), [entry(1, big), entry(2)], "works", CLOCK)
    assert [loss.kind for loss in losses(list(facts))] == [JournalLossKind.TOO_LARGE]
    assert (len(facts), cursor.seq) == (2, 2)


def test_a_first_contact_starts_at_the_beginning_and_loses_nothing() -> None:
    assert follow(None, JournalState("e1", 40), "works") == (JournalCursor("e1"), None)


def test_a_new_journal_is_reported_and_followed_from_its_beginning() -> None:
    cursor, loss = follow(JournalCursor("e1", 40), JournalState("e2", 3), "works")
    assert cursor == JournalCursor("e2")
    assert loss is not None
    assert (loss.kind, loss.journal_epoch, loss.from_seq, loss.to_seq) == (JournalLossKind.REPLACED, "e1", 41, None)


def test_a_journal_that_was_put_back_is_reported_and_its_new_numbers_do_not_collide_with_the_old() -> None:
    cursor, loss = follow(JournalCursor("e1", 40), JournalState("e1", 30), "works")
    assert loss is not None
    assert (loss.kind, loss.from_seq, loss.to_seq) == (JournalLossKind.PUT_BACK, 31, 40)
    facts, _ = spool_entries(cursor, [entry(31)], "works", CLOCK)
    assert [fact.source_key for fact in facts] == ["works/e1.1/31"]


@pytest.mark.parametrize("text", ["", "{}", '[{"seq": 0}]', '[{"seq": 1, "at": "now", "type": "x", "data": 1}]', "[1]"])
def test_an_unreadable_journal_is_a_named_error(text: str) -> None:
    with pytest.raises(JournalUnreadable, match="cannot be read"):
        decode_entries(text)
