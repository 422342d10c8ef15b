"""Every fault of a logger's file has its sentence in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

from dashboards.refusals import in_chinese

FOLDERS = [Path(__file__).resolve().parents[2] / name for name in ("telemetry/loggers", "wms/loggers")]
_CODE = re.compile(r'(?:refused|Fault)\(\s*"([a-z_.]+)"')


def test_every_code_that_a_file_is_refused_with_is_told_in_chinese() -> None:
    codes = {
        code for folder in FOLDERS for file in folder.glob("*.py") for code in _CODE.findall(file.read_text("utf-8"))
    }
    assert len(codes) > 40
    assert {code for code in codes if in_chinese(code) is None} == set()
