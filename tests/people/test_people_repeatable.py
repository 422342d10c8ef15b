from __future__ import annotations

from typing import Any

import pytest

from wms.errors import Invalid, Refused
from wms.people.repeatable import KEPT, once
from wms.store.tx import Tx


async def test_a_repeat_does_nothing_and_answers_as_the_first_time(people: Any) -> None:
    done: list[int] = []

    def act(_: Tx) -> dict[str, int]:
        done.append(1)
        return {"order": len(done)}

    async def send(username: str, key: str, body: bytes = b"a") -> Any:
        return await people.writer.write(lambda tx: once(tx, username, key, body, act))

    assert await send("ann", "k1") == {"order": 1}
    assert await send("ann", "k1") == {"order": 1}
    assert await send("bob", "k1") == {"order": 2}
    assert await send("ann", "k2") == {"order": 3}
    with pytest.raises(Invalid, match="another request"):
        await send("ann", "k1", b"b")
    people.clock.step(KEPT.total_seconds() + 1)
    assert await send("ann", "k3") == {"order": 4}
    assert await send("ann", "k1", b"b") == {"order": 5}


async def test_a_refused_act_may_be_tried_again_under_its_key(people: Any) -> None:
    refuse = [True]

    def act(_: Tx) -> str:
        if refuse.pop():
            refuse.append(False)
            raise Refused("no", "not now")
        return "done"

    with pytest.raises(Refused):
        await people.writer.write(lambda tx: once(tx, "ann", "k", b"a", act))
    assert await people.writer.write(lambda tx: once(tx, "ann", "k", b"a", act)) == "done"
