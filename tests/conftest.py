"""Fixtures that many packages' tests share: a real MQTT broker on a free port, and databases of both kinds."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from iotcore import Broker
from places import quick_place
from stores import KINDS, Templates

from runtime.settings import MqttSettings

MAX_PAYLOAD = 1 << 20
_LONG = ("whole", "lives")  # folders whose files take minutes each


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RestartableBroker:
    """An in-memory broker that a test may kill; it comes back on the same port and remembers nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self._broker = self._new()

    def _new(self) -> Broker:
        return Broker(port=self.port, listen="127.0.0.1", max_payload_size=MAX_PAYLOAD)

    def start(self) -> None:
        self._broker = self._new()
        self._broker.start(timeout=60)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        process = self._broker._process
        assert process is not None
        process.kill()
        process.wait(60)
        self._broker.stop()

    def stop(self) -> None:
        self._broker.stop()


@pytest.fixture
def broker() -> Iterator[RestartableBroker]:
    broker = RestartableBroker()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def mqtt_settings(broker: RestartableBroker) -> MqttSettings:
    return MqttSettings(host="127.0.0.1", port=broker.port)


def pytest_configure() -> None:
    """Temporary files of the tests, and of the processes they start, lie in memory unless the caller chose a place."""
    place = quick_place()
    if place is not None and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(place)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=KINDS, help="run storage tests on this database only")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Among several workers what takes minutes goes first: at the end it would keep one busy and the rest idle."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.path.parent.name not in _LONG)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the store runs once on each database."""
    if "store_kind" in metafunc.fixturenames:
        only = metafunc.config.getoption("--store")
        metafunc.parametrize("store_kind", [only] if only else KINDS, scope="session")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    templates = Templates(tmp_path_factory.mktemp("templates"))
    yield templates
    templates.close()


@pytest.fixture
def store_place(store_kind: str, templates: Templates, tmp_path: Path) -> Iterator[Path | str]:
    """A migrated, empty database for one test, as `open_database` takes it."""
    with templates.copy(store_kind, tmp_path) as place:
        yield place


@pytest.fixture
def store_url(store_place: Path | str) -> str | None:
    """The same for `open_warehouse(..., database=...)`: None where it is the SQLite file in `tmp_path`."""
    return store_place if isinstance(store_place, str) else None
