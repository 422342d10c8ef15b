"""The engineers' bench: asks the simulated world's own loopback API. A production site has no bench."""

from __future__ import annotations

from typing import Any, Final

import httpx

from wms.errors import NotFound, Refused

_PATIENCE_S: Final = 5.0


class BenchAbsent(NotFound):
    """The site is not simulated."""

    def __init__(self) -> None:
        super().__init__("bench.absent", "This site is not simulated; there is no bench")


class WorldUnanswered(Refused):
    """The simulated world is not running, or answered something else."""

    status = 502

    def __init__(self, detail: str) -> None:
        super().__init__("bench.world", detail)


class FaultRefused(Refused):
    """The world knows no such fault, target or value."""

    status = 422

    def __init__(self, detail: str) -> None:
        super().__init__("bench.fault", detail)


async def world_state(url: str | None) -> dict[str, Any]:
    """The world as it describes itself; raises BenchAbsent, WorldUnanswered."""
    return await _ask(url, "GET", "/world", None)


async def set_fault(url: str | None, fault: str, target: str, value: Any) -> dict[str, Any]:
    """Break or mend something; raises BenchAbsent, WorldUnanswered, FaultRefused."""
    return await _ask(url, "POST", "/faults", {"fault": fault, "target": target, "value": value})


async def _ask(url: str | None, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    if url is None:
        raise BenchAbsent
    try:
        async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE_S, trust_env=False) as client:
            response = await client.request(method, path, json=body)
            answer = response.json() if response.content else {}
    except (httpx.HTTPError, ValueError) as error:
        raise WorldUnanswered(f"The simulated world does not answer: {type(error).__name__}") from error
    if response.is_client_error:
        raise FaultRefused(str(answer.get("detail", answer)) if isinstance(answer, dict) else str(answer))
    if response.is_error or not isinstance(answer, dict):
        raise WorldUnanswered(f"The simulated world answered {response.status_code}")
    return answer
