"""The engineers' bench: the simulated world, seen from outside."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from dashboards.schemas.base import Identifier, Request, View


class BenchWorld(View):
    """State of the simulated world as it describes itself."""

    world: dict[str, Any]


class FaultRequest(Request):
    """Break (or mend) something on purpose."""

    fault: Identifier
    target: Identifier
    value: Annotated[float | bool | str | None, Field(description="Depends on the fault")]


class FaultAccepted(View):
    """The world took the fault."""

    fault: str
    target: str
    outcome: dict[str, Any]
