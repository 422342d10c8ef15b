"""Refusals of calibrations, the completeness meter and loggers in Chinese (see `dashboards.refusals`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RECORDS: Final[Mapping[str, str]] = {
    "probe.unknown": "没有该探头。",
    "calibration.known": "该探头的此证书已录入。",
    "calibration.certificate": "请填写证书编号（最多80字）。",
    "calibration.laboratory": "请填写校准机构（最多80字）。",
    "calibration.made_on": "校准日期不能在将来。",
    "calibration.due_on": "到期日须晚于校准日期，且不超过五年。",
    "calibration.offset_c": "修正值超过2 °C的探头须更换，不能修正。",
    "calibration.uncertainty_c": "不确定度须大于0且不超过1 °C。",
    "completeness.interval": "日期范围有误或过长，请缩小范围。",
    "logger.file": "记录仪文件有误，未导入任何内容。请按行号更正。",
    "logger.timezone": "没有该时区，请填写如 Asia/Shanghai。",
    "logger.box": "请指定该记录仪随行的运输箱。",
    "logger.box_unknown": "没有该运输箱。",
    "logger.shipment_unknown": "没有该运输批次。",
    "logger.box_not_in_shipment": "该运输箱不在此运输批次中。",
    "logger.other_box": "该文件已录入到另一运输箱。",
    "logger.future": "记录中有将来的时间，请检查时区。",
    "logger.unknown": "没有该记录仪文件。",
}
