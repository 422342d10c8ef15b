"""What the gates say that eligibility decides, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.eligibility import Reason, ReasonCode
from wms.release.gates import GateName, Text

PASSED: Final[Mapping[GateName, Text]] = {
    GateName.TESTS: ("every required test is negative", "必检项目全部阴性"),
    GateName.GROUP: ("ABO/RhD is confirmed", "ABO/RhD 血型已确认"),
    GateName.PROCESS: ("the record is passed", "制备记录合格"),
    GateName.VOLUME: ("the volume is in its limits", "容量合格"),
    GateName.TEMPERATURE: ("the temperature record is passed", "温度记录合格"),
    GateName.DONOR: ("donor check passed", "献血者核查通过"),
    GateName.COLLECTION: ("the collection record is passed", "采集记录合格"),
    GateName.LABEL: ("the label was read back and agrees", "标签已回读，一致"),
    GateName.HOLD: ("no open hold", "无锁定"),
    GateName.RECALL: ("no recall", "无召回"),
    GateName.EXPIRY: ("not expired", "在有效期内"),
    GateName.PLACE: ("its place is known and within its limits", "位置已知，温度正常"),
    GateName.PURPOSE: ("nothing else keeps it", "无其他限制"),
}
_CHINESE: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.TESTS: "必检项目未完成或非阴性",
    ReasonCode.GROUP_UNKNOWN: "ABO/RhD 血型未确认",
    ReasonCode.HOLD: "已锁定",
    ReasonCode.RECALL: "已列入召回",
    ReasonCode.EXPIRED: "已过有效期",
    ReasonCode.EXCURSION: "所在位置温度超限",
    ReasonCode.PLACE_UNKNOWN: "位置不明",
    ReasonCode.DONATION_TYPE: "非普通异体献血，不得供他人使用",
    ReasonCode.STATUS: "当前状态不是待检",
    ReasonCode.DONOR: "献血者核查",
    ReasonCode.EXPOSURE: "脱离冷链时间超限或不明",
    ReasonCode.CLAIMED: "已被制备单占用",
    ReasonCode.CUSTODY: "不在本中心保管",
}


def in_words(reason: Reason) -> Text:
    """One refusal of eligibility for a person; what has no sentence of its own is named by its code in Chinese."""
    chinese = _CHINESE.get(reason.code, f"不允许（{reason.code.value}）")
    if reason.code in {ReasonCode.HOLD, ReasonCode.RECALL}:
        chinese = f"{chinese}：{reason.detail}"
    return reason.detail, chinese
