"""The OpenAPI document of the API; `python -m dashboards.openapi` writes it beside this file, a test compares them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

COMMITTED: Final = Path(__file__).parent / "openapi.json"
_PROBLEM_TYPE: Final = "application/problem+json"
_STREAM_TYPE: Final = "text/event-stream"


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the app, with every error answer under its true media type (RFC 9457)."""
    schema: dict[str, Any] = app.openapi()
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status.endswith("XX"):
                    response["content"] = {_PROBLEM_TYPE: response["content"].popitem()[1]}
                if _STREAM_TYPE in response.get("content", {}):  # FastAPI adds `type: string` beside the reference
                    response["content"][_STREAM_TYPE]["schema"].pop("type", None)
    return schema


def render(app: FastAPI) -> str:
    """Return the document as the text that is committed: sorted keys, so that a difference is a real one."""
    return json.dumps(document(app), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the document beside this file."""
    from dashboards.app import declare_api  # the application imports every route; only this command needs them here
    from dashboards.context import WebOptions

    COMMITTED.write_text(render(declare_api(Path(), WebOptions())), encoding="utf-8")


if __name__ == "__main__":
    main()
