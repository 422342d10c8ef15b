"""Refusals of notices, the rota and duties in Chinese (`dashboards.refusals` joins them)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "notice.unknown": "没有该通知。",
    "notice.over": "已无须到场：已有人处理、报警已结束，或为测试消息。",
    "channel.unknown": "没有该通知渠道。",
    "channel.removed": "该渠道已不在配置中，无法测试。",
    "rota.changed": "值班表刚被他人修改，请先查看新版本。",
    "rota.content": "值班表内容无法识别，请检查。",
    "rota.position": "该岗位不由值班表安排。",
    "rota.person": "值班人员须为本中心在用账户。",
    "rota.substitute": "替班人不能是本人。",
    "rota.absence": "离岗结束时间早于开始时间。",
    "duty.unknown": "当前没有该值班任务。",
    "duty.record_unknown": "没有该记录。",
    "duty.done": "该任务已完成；如需更改，请提交更正记录。",
    "duty.not_open": "尚未到开始时间。两次人工读数须间隔至少8小时。",
    "duty.missed": "已过时限，不能补记。请填写未完成的原因。",
    "duty.not_missed": "仍在时限内，请完成该任务。",
    "duty.no_alarm": "测试期间该设备没有产生报警，测试不能记为通过。",
    "duty.corrects": "该记录不是当前有效记录，不能更正。",
    "duty.value_c": "请填写显示屏上的温度。",
    "duty.probe": "该探头不属于此设备。",
    "duty.outcome": "请选择结果。",
    "duty.started_at": "请填写测试开始时间与方式；须在近几小时内。",
    "duty.comment": "请填写说明：有异常、缺失、更正或未完成时必填。",
}
