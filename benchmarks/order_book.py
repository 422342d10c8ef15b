"""A large allocation problem, put to the solve worker over and over so that it never rests."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from allocation.model import BagRow, LineRow, build_snapshot, load_policy
from allocation.wire import HEADER_BYTES, Failed, decode_reply, encode_request, frame, message_length
from benchmarks.catalogue import BenchmarkFailed
from blood.components import Family
from blood.eligibility import Zone
from blood.groups import BloodGroup

BAGS: Final = 50_000
LINES: Final = 5_000
_FAMILIES: Final = {"RBC_S": Family.RED_CELLS, "FFP": Family.PLASMA}
_SEED: Final = 20261122
_AT: Final = datetime(2026, 3, 1, 6, tzinfo=UTC)


def large_request() -> bytes:
    """A framed request: 50 000 bags, 5 000 lines of 30 hospitals that want most of them."""
    dice = random.Random(_SEED)
    groups, components = list(BloodGroup), list(_FAMILIES)
    bags = [
        BagRow(
            bag=f"bag-{number}",
            component=dice.choice(components),
            group=dice.choice(groups),
            expires_at=_AT + timedelta(days=dice.uniform(0.5, 35)),
            place="cold-1/s1",
            zone=Zone.STOCK,
            retrieval=dice.randint(0, 50),
        )
        for number in range(BAGS)
    ]
    lines = [
        LineRow(
            line=f"line-{number}",
            hospital=f"hospital-{dice.randint(0, 29)}",
            component=dice.choice(components),
            recipient=dice.choice(groups),
            quantity=dice.randint(1, 17),
            priority=dice.randint(0, 5),
            substitution=dice.random() < 0.85,
            usable_until=_AT + timedelta(days=dice.choice([0.1, 1, 3, 7])),
        )
        for number in range(LINES)
    ]
    return frame(encode_request(build_snapshot(_AT, _FAMILIES, bags, lines), load_policy()))


class BusySolver:
    """Asks the worker at a socket again as soon as it has answered; counts the answers."""

    def __init__(self, socket_path: Path) -> None:
        self.answers = 0
        self._request = large_request()
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(socket_path))
        self._thread = threading.Thread(target=self._ask, name="busy solver", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._connection.close()

    def _ask(self) -> None:
        while True:
            try:
                self._connection.sendall(self._request)
                reply = self._read(message_length(self._read(HEADER_BYTES)))
            except OSError:
                return
            if self.answers == 0 and isinstance(failed := decode_reply(reply), Failed):
                raise BenchmarkFailed(f"the solve worker answered {failed.code}: {failed.detail}")
            self.answers += 1

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            part = self._connection.recv(min(1 << 20, count - len(data)))
            if not part:
                raise OSError("the solve worker closed the connection")
            data += part
        return bytes(data)
