"""Reasons that rules wrote are told in Chinese, too; what people wrote stays as they typed it."""

import pytest

from dashboards.schemas.bags import Reason
from wms.holds.wording import in_chinese


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("freeze_failed: the core did not reach -30 °C", "速冻不合格：核心温度未达到 -30 °C"),
        ("laboratory: hbsag: reactive; hiv: reactive when repeated", "检验：hbsag：有反应性；hiv：复检仍有反应性"),
        ("laboratory: a test is being repeated", "检验：检测项目复检中"),
        ("donor check", "献血者核查"),
        ("on receipt: label: its label was not checked", "收货时：标签：标签未核对"),
        ("finding: h-1 told that it was transfused: it was never issued", "发现异常：h-1 报告已输注：从未发出"),
        ("finding: transfusion reaction of h-1/p-2: fever; chills", "发现异常：h-1/p-2 发生输血反应：fever; chills"),
        ("the hospital could not keep its temperature", "医院未能保持其温度"),
    ],
)
def test_what_a_rule_wrote_is_told_in_chinese(written, told):
    assert in_chinese(written) == told


@pytest.mark.parametrize("typed", ["leaks at the seam; ask Li", "标签有破损", "seen: look again"])
def test_what_a_person_typed_stays_as_it_is(typed):
    assert in_chinese(typed) == typed


def test_a_clause_that_is_not_known_is_shown_as_it_was_written():
    assert in_chinese("process_failed: something new") == "制备不合格：something new"


def test_a_reason_carries_both_languages():
    told = Reason.model_validate({"code": "hold", "detail": "donor check"}).model_dump()
    assert told == {"code": "hold", "detail": "donor check", "detail_zh": "献血者核查"}
