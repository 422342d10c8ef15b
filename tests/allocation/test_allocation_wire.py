"""Requests and replies survive the wire, sentences speak both languages, and the worker answers over a real socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from allocation_world import AT, FAMILIES, POLICY, bag, large, line, snapshot_of
from hypothesis import example, given
from hypothesis import strategies as st

from allocation.explain import explain
from allocation.model import build_snapshot
from allocation.solve import allocate
from allocation.wire import (
    HEADER_BYTES,
    Failed,
    Solved,
    WireError,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
    frame,
    message_length,
    unframe,
)
from hemovault.services.solve import run_solve


def test_a_request_arrives_as_it_was_sent() -> None:
    snapshot = snapshot_of(*large(1, 200, 20))
    again, policy = decode_request(encode_request(snapshot, POLICY))
    assert policy == POLICY
    assert allocate(again, policy).assignments == allocate(snapshot, POLICY).assignments


def test_a_reply_arrives_as_it_was_sent() -> None:
    snapshot = snapshot_of(*large(1, 200, 20, 1.3))
    plan = allocate(snapshot, POLICY)
    reply = Solved(plan, explain(plan, snapshot, POLICY))
    assert decode_reply(encode_reply(reply)) == reply
    assert decode_reply(encode_reply(Failed("x", "y"))) == Failed("x", "y")


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(1, 7))
def test_frames_split_anywhere_come_out_whole(messages: list[bytes], size: int) -> None:
    stream, buffer, out = b"".join(frame(m) for m in messages), b"", []
    for start in range(0, len(stream), size):
        buffer += stream[start : start + size]
        while True:
            message, buffer = unframe(buffer)
            if message is None:
                break
            out.append(message)
    assert (out, buffer) == (messages, b"")


@given(st.binary(max_size=60))
@example(b"\x81\xa5\x00\x00\x00\x00\x80")  # a key that is not UTF-8
def test_bytes_that_are_no_message_are_a_named_error(data: bytes) -> None:
    with pytest.raises(WireError):
        decode_request(data)


def test_columns_of_unequal_length_are_a_named_error() -> None:
    snapshot = snapshot_of([bag("a"), bag("b")], [line("l")])
    object.__setattr__(snapshot, "bag_group", snapshot.bag_group[:1])
    with pytest.raises(WireError, match="bag_group"):
        decode_request(encode_request(snapshot, POLICY))


@pytest.mark.parametrize("column", ["bag_component", "bag_group", "line_component", "line_priority", "line_quantity"])
def test_a_value_out_of_range_is_a_named_error(column: str) -> None:
    snapshot = snapshot_of([bag("a")], [line("l")])
    getattr(snapshot, column)[0] = -7
    with pytest.raises(WireError, match=column):
        decode_request(encode_request(snapshot, POLICY))


def test_a_length_beyond_the_limit_is_a_named_error() -> None:
    with pytest.raises(WireError, match="limit"):
        unframe(b"\xff\xff\xff\xff")


def test_a_filled_line_names_its_bags_and_the_runner_up_in_both_languages() -> None:
    bags = [bag("first", "A+", 5), bag("second", "A+", 6), bag("other", "O+", 5)]
    snapshot = snapshot_of(bags, [line("l", "A+")])
    plan = allocate(snapshot, POLICY)
    said = explain(plan, snapshot, POLICY)[0]
    assert (said.runner_up, said.runner_up_cost) == ("second", 1)
    assert "1 of 1 for A+: 1 x A+ (identical)" in said.en
    assert "second (A+), 1 points dearer" in said.en
    assert "同型" in said.zh
    assert "次选为 second" in said.zh
    assert [reason.bag for reason in said.bags] == ["first"]


def test_a_short_line_says_what_would_fill_it_in_both_languages() -> None:
    snapshot = snapshot_of([bag("held", "A+", refused="hold: temperature")], [line("l", "A+", 2)])
    said = explain(allocate(snapshot, POLICY), snapshot, POLICY)[0]
    assert said.en.startswith("Short by 2: 1 suitable bags may not be used now (hold: temperature)")
    assert said.zh.startswith("缺 2 袋")
    assert said.bags == ()


def test_an_expiry_is_told_in_the_time_of_the_site_with_its_year() -> None:
    rows = [bag("b", "A+", 5)], [line("l", "A+", days=1)]
    snapshot = build_snapshot(AT, FAMILIES, *rows, timezone="Asia/Shanghai")
    said = explain(allocate(snapshot, POLICY), snapshot, POLICY)[0]
    assert "last until 2 Mar 2026 14:00 the first to expire (from 6 Mar 2026 14:00)" in said.en
    assert "可用至 2026-03-02 14:00" in said.zh
    assert "最早 2026-03-06 14:00" in said.zh
    assert said.bags[0].en.endswith("(6 Mar 2026 14:00).")
    assert said.bags[0].zh.endswith("（2026-03-06 14:00）。")


def test_a_refused_bag_is_explained_in_the_language_of_the_reader() -> None:
    held = bag("held", "A+", refused="tests: not complete", refused_zh="检验未齐全")
    snapshot = snapshot_of([held], [line("l", "A+")])
    said = explain(allocate(snapshot, POLICY), snapshot, POLICY)[0]
    assert "(tests: not complete)" in said.en
    assert "（检验未齐全）" in said.zh


def test_a_request_with_an_unknown_time_zone_is_a_named_error() -> None:
    snapshot = build_snapshot(AT, FAMILIES, [], [], timezone="Nowhere/At_All")
    with pytest.raises(WireError, match="Nowhere/At_All"):
        decode_request(encode_request(snapshot, POLICY))


def test_no_runner_up_is_cheaper_than_what_was_chosen() -> None:
    for seed in range(5):
        snapshot = snapshot_of(*large(seed, 300, 40, 0.9))
        plan = allocate(snapshot, POLICY)
        for said in explain(plan, snapshot, POLICY):
            assert said.en
            assert said.zh
            assert said.runner_up_cost is None or said.runner_up_cost >= 0


async def _exchange(path: Path, message: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(message)
    reply = await reader.readexactly(message_length(await reader.readexactly(HEADER_BYTES)))
    writer.close()
    await writer.wait_closed()
    return reply


async def test_the_worker_answers_plans_and_names_errors(tmp_path: Path) -> None:
    path = tmp_path / "solve.sock"
    path.write_text("left by a dead process")
    worker = asyncio.create_task(run_solve(path))
    while not path.is_socket():
        assert not worker.done()
        await asyncio.sleep(0)
    snapshot = snapshot_of(*large(5, 200, 20))
    reply = decode_reply(await _exchange(path, frame(encode_request(snapshot, POLICY))))
    assert isinstance(reply, Solved)
    assert reply.plan.assignments == allocate(snapshot, POLICY).assignments
    assert len(reply.explanations) == 20
    broken = decode_reply(await _exchange(path, frame(b"nonsense")))
    assert isinstance(broken, Failed)
    assert broken.code == "wire_error"
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    assert not path.exists()
