"""What every route of `/api/v1` declares alike."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute

from dashboards.schemas.problem import Problem

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": Problem, "description": "Refused; nothing was changed"},
    "5XX": {"model": Problem, "description": "The warehouse could not answer"},
}


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function, so that generated clients read well and names stay stable."""
    return route.name


def router(tag: str) -> APIRouter:
    """Return a router whose operations are grouped under ``tag`` and answer errors as Problem."""
    return APIRouter(tags=[tag], responses=_PROBLEMS, generate_unique_id_function=operation_id)
