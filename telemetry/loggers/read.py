"""An export of whatever known format: it is recognised by how it begins."""

from __future__ import annotations

from telemetry.loggers.content import checked
from telemetry.loggers.fridge_tag import is_fridge_tag, read_fridge_tag
from telemetry.loggers.model import Export
from telemetry.loggers.table import Mapping, read_table


def read_export(text: str, mapping: Mapping | None = None) -> Export:
    """Read an export, or raise LoggerError with every fault; ``mapping`` is for CSV (None: the usual names)."""
    content = checked(text)
    return read_fridge_tag(content) if is_fridge_tag(content) else read_table(content, mapping or Mapping())
