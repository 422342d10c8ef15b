"""Batches that are under way: which are handed over again, and what noting them costs."""

from __future__ import annotations

from runtime.sparkplug.handed import FEWEST_LOOKED_AT, REPEAT_AFTER_S, HandedOver


def test_a_batch_is_handed_over_again_only_when_it_was_not_stored_in_time_or_not_taken() -> None:
    handed = HandedOver()
    assert handed.note(7, 7, 0, 100.0)
    assert not handed.note(7, 7, 0, 100.0 + REPEAT_AFTER_S / 2)
    assert handed.note(7, 7, 0, 100.0 + REPEAT_AFTER_S)
    handed.forget(7)
    assert handed.note(7, 7, 0, 101.0 + REPEAT_AFTER_S)


def test_a_range_that_begins_earlier_is_not_the_one_that_is_under_way() -> None:
    handed = HandedOver()
    assert handed.note(3, 5_000, 1, 100.0)
    assert handed.note(2, 5_000, 1, 100.1)
    assert not handed.note(2, 5_000, 1, 100.2)
    assert not handed.note(3, 5_000, 1, 100.2)


def test_with_many_under_way_all_are_looked_at_only_when_they_have_doubled() -> None:
    handed, looks = HandedOver(), set()
    for offset in range(1, 8 * FEWEST_LOOKED_AT + 2):
        assert handed.note(offset, offset, 0, 100.0)
        looks.add(handed.look_at)
    assert sorted(looks) == [FEWEST_LOOKED_AT * times for times in (1, 2, 4, 8, 16)]
    assert len(handed) == 8 * FEWEST_LOOKED_AT + 1


def test_what_is_stored_or_too_old_is_forgotten() -> None:
    handed = HandedOver()
    for offset in range(1, 50 * FEWEST_LOOKED_AT):
        assert handed.note(offset, offset, offset - 10, 100.0)
        assert len(handed) <= FEWEST_LOOKED_AT
    for offset in range(1, FEWEST_LOOKED_AT):
        assert handed.note(offset, offset, 0, 200.0)
    assert handed.note(0, 0, 0, 200.0 + REPEAT_AFTER_S)
    assert len(handed) <= FEWEST_LOOKED_AT
