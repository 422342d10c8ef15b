"""What a screen of the warehouse never shows: whose blood it is, not even by pseudonym (GB/T 22239-2019 8.1.4.11)."""

from __future__ import annotations

from typing import Any, Final

_PERSONAL: Final = frozenset({"donor", "patient"})


def without_donor(data: Any) -> Any:
    """JSON data without any key that names a donor or a patient, at whatever depth."""
    if isinstance(data, dict):
        return {key: without_donor(value) for key, value in data.items() if key not in _PERSONAL}
    if isinstance(data, list | tuple):
        return [without_donor(value) for value in data]
    return data
