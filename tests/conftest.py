"""Fixtures that many packages' tests share: a real MQTT broker on a free port."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from iotcore import Broker

from runtime.settings import MqttSettings

MAX_PAYLOAD = 1 << 20


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
        self._broker.start()

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        process = self._broker._process
        assert process is not None
        process.kill()
        process.wait(5)
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
