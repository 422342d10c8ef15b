"""A journal that lost reports is never passed over in silence."""

from __future__ import annotations

import inspect
from typing import get_args

from fleet import messages as fleet
from plc_bridge import messages as plc
from rfid import messages as rfid
from wms.inbox import handlers


def test_every_report_a_machine_or_reader_can_send_has_an_effect() -> None:
    reports = {*plc.REPORT_TYPES.values(), *rfid.REPORT_TYPES.values(), *fleet.REPORT_TYPES.values()}
    assert reports == set(handlers._HANDLERS)
    assert not set(get_args(plc.MachineCommand)) & reports
    assert all(inspect.isfunction(handler) for handler in handlers._HANDLERS.values())
