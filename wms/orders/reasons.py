"""Why a bag is refused or taken back, in words of both languages; what a person wrote stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from blood.eligibility import BagStatus, Reason, ReasonCode, Zone
from wms.orders.sentences import Sentence

_STATUS_ZH: Final[Mapping[BagStatus, str]] = {
    BagStatus.COLLECTED: "已采集",
    BagStatus.PROCESSING: "制备中",
    BagStatus.QUARANTINE: "待检",
    BagStatus.AVAILABLE: "可用",
    BagStatus.RESERVED: "已预留",
    BagStatus.PICKED: "已拣选",
    BagStatus.PACKED: "已装箱",
    BagStatus.IN_TRANSIT: "运输中",
    BagStatus.RECEIVED: "已收到",
    BagStatus.ISSUED: "已发放",
    BagStatus.TRANSFUSED: "已输注",
    BagStatus.PRESUMED_TRANSFUSED: "推定已输注",
    BagStatus.RETURNED_PENDING: "退回待查",
    BagStatus.NONCONFORMING: "不合格",
    BagStatus.CONSUMED: "已分离",
    BagStatus.DISCARDED: "已报废",
    BagStatus.MISSING: "下落不明",
    BagStatus.LOST: "遗失",
}
_ZONE_ZH: Final[Mapping[Zone, str]] = {
    Zone.NONE: "无分区处",
    Zone.QUARANTINE: "待检区",
    Zone.STOCK: "合格区",
    Zone.RETURNED: "退回区",
    Zone.NONCONFORMING: "不合格区",
}
_CODE_ZH: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.STATUS: "当前状态为",
    ReasonCode.ZONE: "位于",
    ReasonCode.HOLD: "已锁定",
    ReasonCode.RECALL: "已召回",
    ReasonCode.EXPIRED: "已过效期",
    ReasonCode.TOO_SHORT_LIVED: "剩余效期不足",
    ReasonCode.TESTS: "检验未齐全或非阴性",
    ReasonCode.RELEASE_GATE: "未满足放行条件",
    ReasonCode.GROUP_UNKNOWN: "ABO/RhD 未确认",
    ReasonCode.INCOMPATIBLE: "血型与患者不相容",
    ReasonCode.WRONG_COMPONENT: "所需为其他成分",
    ReasonCode.DONATION_TYPE: "仅供特定患者",
    ReasonCode.EXCURSION: "所在位置温度现已越限",
    ReasonCode.PLACE_UNKNOWN: "位置不明",
    ReasonCode.OTHER_ORDER: "不属于该订单行",
    ReasonCode.LABEL: "标签未核对",
    ReasonCode.CLAIMED: "已留作制备",
    ReasonCode.CUSTODY: "不由请求方保管",
    ReasonCode.OTHER_PATIENT: "留给其他患者",
    ReasonCode.PATIENT_MISSING: "未指明患者",
    ReasonCode.ANTIGEN: "红细胞抗原与患者抗体不合或未测",
    ReasonCode.REQUIREMENT: "不满足患者的特殊需求",
    ReasonCode.HLA: "血小板抗原分型与患者不合或未知",
    ReasonCode.CROSSMATCH: "交叉配血不合、未做或已失效",
    ReasonCode.EXPOSURE: "离开控温时间超限或不明",
    ReasonCode.DONOR: "献血者核查未通过",
}
_WRITTEN_BY_PEOPLE: Final = frozenset({ReasonCode.HOLD, ReasonCode.RECALL})


def in_both(reasons: Sequence[Reason]) -> Sentence:
    """Reasons of `blood.eligibility` as one line."""
    return Sentence(
        "; ".join(
            f"{reason.code.value}: {reason.detail}" if reason.detail else reason.code.value for reason in reasons
        ),
        "；".join(_zh(reason) for reason in reasons),
    )


def status_is(status: BagStatus) -> Sentence:
    """The bag has come into a status in which no line may hold it."""
    return Sentence(f"it is {status.value}", f"{_CODE_ZH[ReasonCode.STATUS]}{_STATUS_ZH[status]}")


def _zh(reason: Reason) -> str:
    words = _CODE_ZH[reason.code]
    if reason.code is ReasonCode.STATUS:
        return words + _STATUS_ZH[BagStatus(reason.detail)]
    if reason.code is ReasonCode.ZONE:
        return words + _ZONE_ZH[Zone(reason.detail)]
    return f"{words}：{reason.detail}" if reason.code in _WRITTEN_BY_PEOPLE and reason.detail else words
