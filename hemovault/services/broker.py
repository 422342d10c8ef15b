"""The embedded broker: rumqttd from the `iotcore` wheel, in this very process, on loopback unless told otherwise."""

from __future__ import annotations

import logging
from typing import Final

from iotcore import Broker

from hemovault.commands.context import CommandError
from hemovault.settings import BrokerSettings

_MAX_PAYLOAD_BYTES: Final = 1 << 20  # rumqttd's default of 20 KiB closes the link on a large birth


def run_broker(settings: BrokerSettings) -> None:
    """Run the broker until a signal ends the process; raises CommandError when its port is taken."""
    # rumqttd wraps its routing in spans of level ERROR: one line for each packet
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    try:
        Broker(port=settings.port, listen=settings.listen, max_payload_size=_MAX_PAYLOAD_BYTES).run_forever()
    except OSError as error:
        raise CommandError(f"the broker cannot listen on {settings.listen}:{settings.port}: {error}") from error
