"""Rules of what is wrong with measuring itself: probes, clocks, machines that fall silent, copies that pile up."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

SENSOR_RULES: Final = (
    Rule(
        c.TEMPERATURE_RATE,
        (2,),
        Nature.STANDING,
        Owner.OPERATOR,
        "Temperature changes too fast",
        "温度变化过快",
        "More kelvin in ten minutes than this store changes in health. Check door, cooling and load bottle.",
        "十分钟内的变化超过该库正常范围。检查库门、制冷以及负载探头的液瓶。",
        unit="K",
        suppressed_by=c.TEMPERATURE_HIGH,
    ),
    Rule(
        c.PROBE_NOISY,
        (3,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Probe scatters far more than usual",
        "探头数据波动异常",
        "Times its usual scatter. Check shield and connector; compare with the other probe and replace it.",
        "显示为平时波动的倍数。检查屏蔽层与接头，与另一探头比对并更换。",
        suppressed_by=c.DEVICE_OFFLINE,
    ),
    Rule(
        c.PROBES_DISAGREE,
        (2,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Two probes of one place disagree",
        "同一位置两个探头不一致",
        "One of them lies for an hour now. Hold a reference thermometer beside both and replace the wrong one.",
        "两者相差已持续一小时，其中必有一个失准。用标准温度计比对，更换失准探头。",
        unit="K",
        suppressed_by=c.DEVICE_OFFLINE,
    ),
    Rule(
        c.DEVICE_SILENT,
        (2,),
        Nature.STANDING,
        Owner.ENGINEER,
        "No longer reports: {subject}",
        "停止上报：{subject}",
        "Its controller is connected but says nothing good of this machine. Look at the machine; work by hand.",
        "控制器已连接，但没有该设备的有效数据。请到现场查看，期间人工操作。",
        unit="s",
        suppressed_by=c.DEVICE_OFFLINE,
    ),
    Rule(
        c.CLOCK_STEP,
        (3,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Clock is wrong: {subject}",
        "时钟错误：{subject}",
        "Its times jump or are far from ours, so its readings count as uncertain. Set its clock and time service.",
        "其时间跳变或与系统相差过大，数据按不确定处理。请校准时钟并检查对时服务。",
        unit="s",
    ),
    Rule(
        c.SPOOL_GROWING,
        (3,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Waiting data grow: {subject}",
        "待传数据持续增加：{subject}",
        "More comes in than goes out. Check the service behind it and the disk before there is no room left.",
        "进多出少。请在磁盘用尽之前检查下游服务与磁盘空间。",
    ),
    Rule(
        c.CERTIFICATE_EXPIRING,
        (3, 2),
        Nature.STANDING,
        Owner.ENGINEER,
        "Certificate expires soon: {subject}",
        "证书即将到期：{subject}",
        "Connections will be refused when it ends. Put a new certificate in its place and restart the service.",
        "到期后连接将被拒绝。请更换证书并重启相关服务。",
        unit="d",
    ),
)
