"""Texts of machines: the newest counts; one that went says nothing any more, one that comes is unknown at first."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from telemetry.texts import LiveTexts

STATE = "Status/StateCurrent"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def registry() -> SourceRegistry:
    return SourceRegistry()


@pytest.fixture
def texts(registry: SourceRegistry) -> LiveTexts:
    return LiveTexts(registry)


def say(texts: LiveTexts, registry: SourceRegistry, value: str, at_s: int = 0, device: str = "crane-1") -> None:
    source = registry.add("plc-works", device, STATE)
    none = np.zeros(0)
    batch = ReadingBatch(
        edge="plc-works", epoch="e", first_offset=1, last_offset=1, source=none.astype(np.int32),
        ts_ms=none.astype(np.int64), value=none, quality=none.astype(np.uint8), historical=none.astype(np.bool_),
        texts=[(source, 1_000_000 + at_s * 1000, value)],
    )  # fmt: skip
    texts.hear([batch])


def went(texts: LiveTexts, registry: SourceRegistry, state: PresenceState, device: str | None = "crane-1") -> None:
    sources = tuple(range(len(registry)))
    texts.follow(Presence("plc-works", device, state, NOW, sources))


def test_the_newest_text_counts_and_a_late_one_changes_nothing(texts, registry):
    say(texts, registry, "Execute", 10)
    say(texts, registry, "Held", 5)
    assert texts.text("crane-1", STATE).value == "Execute"
    assert texts.text("crane-2", STATE) is None


def test_a_machine_that_went_says_nothing_any_more(texts, registry):
    say(texts, registry, "Idle")
    went(texts, registry, PresenceState.OFFLINE)
    assert (texts.text("crane-1", STATE), texts.is_away("crane-1")) == (None, True)
    say(texts, registry, "Idle", 60)
    assert texts.text("crane-1", STATE) is None


def test_a_machine_that_comes_back_is_unknown_until_it_speaks(texts, registry):
    say(texts, registry, "Idle")
    went(texts, registry, PresenceState.OFFLINE)
    went(texts, registry, PresenceState.ONLINE)
    assert (texts.text("crane-1", STATE), texts.is_away("crane-1")) == (None, False)
    say(texts, registry, "Execute", -60)
    assert texts.text("crane-1", STATE).value == "Execute"


def test_with_its_edge_every_machine_goes(texts, registry):
    say(texts, registry, "Idle")
    say(texts, registry, "Idle", device="crane-2")
    went(texts, registry, PresenceState.OFFLINE, device=None)
    assert texts.is_away("crane-1")
    assert texts.is_away("crane-2")
