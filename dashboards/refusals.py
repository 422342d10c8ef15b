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
    "place.no_slot": "这不是货架的货位，请扫描货位条码。",
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
    "consignment.answered": "此项已有人处理。",
    "act": "此项的状态不能这样处理。",
    "comment": "请填写查看的情况，发出方和下一班都会问。",
    "din_scan": "献血编号与该处不符，请扫描血袋标签。",
    "din_scan_again": "两次扫描的献血编号不一致，请重新扫描。",
    "tag.of_another": "标签芯片与该血袋不符，请退回。",
}
_PREPARATION: Final[Mapping[str, str]] = {
    "recipe": "本中心没有制备该成分的工艺。",
    "quantity": "制备单的单位数超出允许范围。",
    "bags": "所选血袋数量不足、重复或不适用。",
    "preparation.unknown": "没有该制备单。",
    "preparation.ended": "该制备单已结束。",
    "batch.unknown": "没有该批次。",
}
_TRANSPORT: Final[Mapping[str, str]] = {
    "trip_unknown": "没有该车次。",
    "trip_state": "该车次的状态不允许此操作。",
    "trip_empty": "尚未扫描任何运输箱装车。",
    "trip_not_departed": "该车次尚未出发。",
    "box_not_out": "该运输箱尚未离开缓冲间。",
    "box_other_trip": "该运输箱不属于此车次，请放回。",
    "box_other_stop": "该运输箱不在此医院交接，请留在车上。",
    "boxes": "同一运输箱扫描了两次。",
    "hospital_unknown": "没有该医院。",
    "return_unknown": "没有该退回单。",
    "return_other": "该血袋不在此退回单中。",
    "return_known": "该血袋已在另一退回单中。",
    "return_not_yours": "该血袋不在贵院。",
    "return_received": "该血袋此前已接收。",
    "return_state": "只有已退回的血袋才能判定。",
    "return_no_restock": "不得重新入库：温度记录不全或超限、外观不合格、已锁定或已过效期。",
}
_COUNTS: Final[Mapping[str, str]] = {
    "count.unknown": "没有该盘点单。",
    "count.open": "该位置已有未结束的盘点。",
    "count.closed": "该盘点已结束。",
    "count.bag": "该盘点不涉及此血袋。",
    "count.deaf": "货架天线近期无数据，请人工盘点。",
    "count.no_antenna": "该位置没有货架天线，请人工盘点。",
    "count.outside": "该位置不在库内，不能盘点。",
    "count.signatures": "宣告遗失须两人签名。",
    "bag.not_missing": "该血袋并非下落不明。",
}
_RECALLS: Final[Mapping[str, str]] = {
    "recall.unknown": "没有该召回案。",
    "recall.scope": "召回须且只能针对一次献血、一名献血者、一个批次、一台设备或一处位置。",
    "recall.window": "针对设备或位置的召回须有起始时间，且结束晚于开始；其他召回不带时间。",
    "recall.reason": "本站没有该召回原因。",
    "recall.comment": "请填写说明：发生了什么、由谁报告、依据何在。",
    "recall.nothing": "没有血袋与之相符，未召回任何血袋。",
    "recall.closed": "该召回案已结案。",
    "recall.open_bags": "仍有血袋没有处置结果，不能结案。",
    "recall.outcome": "该处置结果与血袋现状不符。",
    "recall.bag_unknown": "该血袋不在此召回案中。",
    "recall.signatures": "此操作须两人签名。",
    "recall.notice_unknown": "没有该召回通知。",
    "recall.acknowledged": "该通知已被确认。",
    "recall.answer": "请说明如何处理：血袋现在何处、已停止使用。",
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
_RELEASE: Final[Mapping[str, str]] = {
    "results": "报告中没有检测结果。",
    "run": "请填写检测批次。",
    "result.test": "本中心的检测方案没有该项目。",
    "result.value": "该项目不可能有此结果，请核对。",
    "result.method": "请填写检测方法。",
    "result.at": "检测时间尚未到来，请核对设备时钟。",
    "result.changed": "同一批次此前报告的结果不同，请用新的批次报告。",
    "laboratory.file": "文件有误，未导入任何内容，请按行修改后重新导入。",
    "samples": "留样管的献血编号与血袋不一致，请将该次献血单独存放。",
    "started_at": "采集开始时间有误。",
    "ended_at": "采集结束时间有误。",
    "sealed_at": "热合时间有误。",
    "volume_ml": "采集量不在可能范围内。",
    "target_ml": "目标采集量不在可能范围内。",
    "device_serial": "请填写采集设备序列号。",
    "gates": "请逐一指明要越过的放行条件。",
    "reason": "请填写理由。",
    "release.signatures": "越过放行条件须两人签名。",
    "release.not_failed": "该放行条件并未判为不合格，不能越过。",
    "release.no_override": "该放行条件任何人不得越过。",
    "release.other_gates": "还有其他放行条件未通过。",
    "release.tester": "报告该献血检测结果的人不得参与越权放行。",
    "deferral.list": "名单有误，未导入任何内容，请按行修改后重新导入。",
    "centre": "请填写名单来自哪个中心。",
    "information.kind": "没有该类献血后信息。",
    "donor_check.unknown": "该献血未被献血者核查锁定。",
    "donor_check.decided": "该献血者核查已有结论。",
}
_IN_CHINESE: Final[Mapping[str, str]] = {
    **_BAGS,
    **_SCANS,
    **_MOVES,
    **_LABELS,
    **_INTAKE,
    **_PREPARATION,
    **_OUTBOUND,
    **_TRANSPORT,
    **_COUNTS,
    **_RELEASE,
    **_RECALLS,
}


def in_chinese(code: str) -> str | None:
    """Why something was refused, in Chinese; None for a code that has no sentence of its own."""
    return _IN_CHINESE.get(code)
