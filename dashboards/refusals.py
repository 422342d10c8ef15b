"""Refusals in Chinese: a sentence for each code that a person meets at a screen or a hand terminal.

`Refused.detail` is an English sentence with names and numbers in it; the Chinese one says the rule that refused. What a
code has no sentence for is told by the title of its kind (`dashboards.problems`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BAGS: Final[Mapping[str, str]] = {
    "bag.unknown": "没有该血袋，请核对扫码。",
    "bag.changed": "血袋状态刚刚变化，请重新查看。",
    "bag.not_expected": "该献血编号的血袋此前已接收，没有待接收的血袋。",
    "din.unknown": "系统中没有该献血编号的血袋。",
    "tag.unknown": "该标签未绑定任何血袋。",
    "hold.lifted": "该锁定已解除。",
    "hold.reason": "请填写锁定或解除的原因。",
    "hold.signatures": "解除锁定需要两人签名。",
    "place.unknown": "没有该位置，请核对位置条码。",
    "place.slot": "该货架没有此货位编号。",
    "place.taken": "该货位已被其他血袋占用。",
    "place.zone": "血袋当前状态不允许放入该区域。",
}
_SCANS: Final[Mapping[str, str]] = {
    "scan.din.length": "献血编号长度不对，请重新扫描。",
    "scan.din.characters": "这不是献血编号，请扫描标签左上角的条码。",
    "scan.din.flags": "献血编号条码不完整，请重新扫描。",
    "scan.din.check": "献血编号校验不符，请重新扫描。",
    "scan.product.length": "产品码长度不对，请重新扫描。",
    "scan.product.characters": "这不是产品码，请扫描标签左下角的条码。",
    "scan.bag.format": "无法识别为血袋编号。",
    "scan.same": "两次扫描的是同一条码，请扫描献血编号和产品码。",
}
_MOVES: Final[Mapping[str, str]] = {
    "task.ended": "该移库任务已结束。",
    "task.unknown": "没有该移库任务。",
    "task.wrong_bag": "这不是该任务的血袋，请放回原处。",
    "task.wrong_place": "任务的目的地不是此处。",
    "task.pick_refused": "该血袋不可拣选，请放回原处。",
}
_LABELS: Final[Mapping[str, str]] = {
    "label.at_station": "贴标站正在为该血袋贴标，请等待结果。",
    "label.scan": "这不是血袋标签，请扫描献血编号和产品码。",
    "label.not_ready": "该血袋尚不满足贴标条件。",
    "label.status": "只有待检状态的血袋可以贴标。",
    "label.incomplete": "血型、标签或容量未知，标签内容不完整，不能打印。",
    "label.unknown": "没有该标签。",
}
_INTAKE: Final[Mapping[str, str]] = {
    "consignment.unknown": "没有该批次。",
    "consignment.item": "该批次中没有此项。",
    "consignment.id": "该批次编号此前已发出，内容不同。",
    "consignment.act": "此项当前不能这样处理。",
    "consignment.identify": "请扫描血袋的献血编号。",
}
_OUTBOUND: Final[Mapping[str, str]] = {
    "no_order": "没有订单预留该血袋。",
    "lane_none": "该订单的发运单尚无分拣道，请将血袋留在原处。",
    "pick_refused": "该血袋不可拣选，请留在原处。",
    "pack_refused": "该血袋不可装箱。",
    "pack_place": "该血袋不在其分拣道上，不能装箱。",
    "pack_class": "该血袋需要另一温区的运输箱。",
    "pack_by_station": "装箱站即将处理，请换一个或稍候。",
    "box_unknown": "本中心没有该运输箱。",
    "box_taken": "该运输箱已被占用，请换一只。",
    "box_full": "运输箱已满，请封箱并换一只。",
    "box_not_empty": "运输箱内有血袋，不能使用。",
    "box_not_packing": "该运输箱没有待封的血袋。",
    "box_not_closed": "请先封箱。",
    "box_not_checked": "有运输箱尚未核验。",
    "box_other": "该血袋不在此运输箱内。",
    "box_away": "该运输箱已离开本中心。",
    "box_permitted": "缓冲间门随时可能为该箱打开，请等待。",
    "lock_permitted": "缓冲间门随时可能打开，请等待结果。",
    "lock_busy": "缓冲间正被另一发运单占用，请等其离开。",
    "lock_content": "所扫血袋与发运单不一致。",
    "dispatch_refused": "有血袋不得出库。",
    "gate_refused": "该血袋不得通过发血闸口。",
    "shipment_unknown": "没有该发运单。",
    "shipment_not_here": "该发运单不在库内。",
    "shipment_not_dispatched": "该发运单尚未出库。",
    "order_unknown": "没有该订单。",
    "order_closed": "订单已关闭，无可取消。",
    "order_leaving": "订单正在出库，请在收货时拒收。",
}
_IN_CHINESE: Final[Mapping[str, str]] = {**_BAGS, **_SCANS, **_MOVES, **_LABELS, **_INTAKE, **_OUTBOUND}


def in_chinese(code: str) -> str | None:
    """Why something was refused, in Chinese; None for a code that has no sentence of its own."""
    return _IN_CHINESE.get(code)
