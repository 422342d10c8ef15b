from __future__ import annotations

import asyncio

import pytest

from dashboards.redact import without_donor
from dashboards.shared import Shared


async def test_many_who_ask_at_once_cost_one_computation() -> None:
    computed: list[int] = []

    async def compute() -> int:
        await asyncio.sleep(0)
        computed.append(1)
        return len(computed)

    shared = Shared(compute, fresh_s=60)
    assert await asyncio.gather(*(shared.get() for _ in range(20))) == [1] * 20
    assert await Shared(compute, fresh_s=0).get() == 2


async def test_an_error_is_not_kept() -> None:
    answers = iter([ValueError("no"), 7])

    async def compute() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    shared = Shared(compute, fresh_s=60)
    with pytest.raises(ValueError, match="no"):
        await shared.get()
    assert await shared.get() == 7


def test_donors_are_taken_out_at_whatever_depth() -> None:
    data = {"change": {"new": {"donor": "d1", "status": "COLLECTED"}, "old": None}, "list": [{"donor": "d2"}]}
    assert without_donor(data) == {"change": {"new": {"status": "COLLECTED"}, "old": None}, "list": [{}]}
