"""Tables of notices: climbs of the ladder, the outbox, the channels by name, versions of the rota. No addresses."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from wms.store.metadata import instant, metadata


class ChannelKind(StrEnum):
    """How a channel speaks."""

    WALL = "wall"
    APPRISE = "apprise"
    WEBHOOK = "webhook"


class ChannelState(StrEnum):
    """`untried` was never used; `failing` did not take the last message; `removed` is not configured any more."""

    UNTRIED = "untried"
    WORKING = "working"
    FAILING = "failing"
    REMOVED = "removed"


climb: Final = Table(
    "notice_climb",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alarm", Text, nullable=False, index=True),
    Column("occurrence", Text, nullable=True),
    Column("source", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    instant("begun_us"),
    instant("ended_us", nullable=True),
    Column("acted_by", Text, nullable=True),  # NULL with an end: no person did, it ended by itself
    Column("act", Text, nullable=True),  # acknowledge, shelve, ...; returned, suppressed, escalated by the machine
    Column("step", Integer, nullable=False),  # highest step told so far, -1 none
    Column("repeats", Integer, nullable=False),
    instant("told_us", nullable=True),  # first telling, or the last repeat
    Index("ix_notice_climb_ended_us_begun_us", "ended_us", "begun_us"),
)
notice: Final = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),  # also in the message: a receiver that gets it twice can tell
    Column("kind", Text, nullable=False),  # alarm | test
    Column("climb", Text, nullable=False),  # of a test: the notice's own id
    Column("alarm", Text, nullable=True, index=True),
    Column("occurrence", Text, nullable=True),
    Column("priority", Integer, nullable=True),
    Column("step", Integer, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("position", Text, nullable=True),
    Column("person", Text, nullable=False),  # "" everybody behind the channel
    Column("told", Text, nullable=False),  # usernames it is meant for, separated by one space
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),  # queued | sent | failed | given_up | withdrawn
    Column("attempts", Integer, nullable=False),
    Column("detail", Text, nullable=False),  # what the channel answered, without addresses
    Column("text_en", Text, nullable=True),  # as it was last sent
    Column("text_zh", Text, nullable=True),
    instant("queued_us"),
    instant("queued_real_us"),
    instant("tried_real_us", nullable=True),
    instant("next_real_us", nullable=True),  # NULL: nothing more to do
    instant("sent_us", nullable=True),
    instant("sent_real_us", nullable=True),
    instant("received_us", nullable=True),
    Column("received_by", Text, nullable=True),
    Column("received_how", Text, nullable=True),  # opened | acted
    UniqueConstraint("climb", "step", "repeat", "channel", "person"),
    Index("ix_notice_channel_next_real_us", "channel", "next_real_us"),
    Index("ix_notice_queued_us", "queued_us"),
)
channel: Final = Table(
    "notice_channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("people", Text, nullable=False),  # usernames with an address of their own here, separated by one space
    Column("state", Text, nullable=False),
    instant("last_ok_real_us", nullable=True),
    instant("last_failed_real_us", nullable=True),
    Column("detail", Text, nullable=False),
)
rota: Final = Table(
    "notice_rota",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),  # JSON: shifts and absences
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    instant("changed_us"),
)
