"""What every request passes before any route: size, origin, security headers, and the last resort for errors. ASGI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.problems import internal_error, problem

MOST_BODY_BYTES: Final = 1 << 20
"""The largest honest request is a hospital's order of 50 lines: some kilobytes."""

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Ant Design writes its styles at run time
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
_log = structlog.get_logger(__name__)


class Guards:
    """The outermost layer of the application; ``origins`` are further origins whose pages may write."""

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(message, scope["path"])
            await send(message)

        refusal = _refusal(scope, self._origins)
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, _limited(receive), send_guarded)
        except Exception:
            _log.exception("request_failed", method=scope["method"], path=scope["path"])
            if started:  # half an answer is out: only breaking the connection tells the client
                raise
            await internal_error(scope["path"])(scope, receive, send_guarded)


def _refusal(scope: Scope, origins: frozenset[str]) -> ASGIApp | None:
    headers, path = Headers(scope=scope), scope["path"]
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MOST_BODY_BYTES:
        return problem(413, "request.too_large", f"A request has at most {MOST_BODY_BYTES} bytes", path)
    if scope["method"] not in READING and not _own_page(headers, origins):
        return problem(403, "request.foreign_origin", "Writes are accepted from this site's own pages only", path)
    return None


def _own_page(headers: Headers, origins: frozenset[str]) -> bool:
    """True for our own pages and those of the configured origins, and for programs, which send no Origin.

    A browser always sends Origin on a write.
    """
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host", "") or origin in origins
    return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BODY_BYTES:
            raise HTTPException(413, f"A request has at most {MOST_BODY_BYTES} bytes")
        return message

    return receive_counted


def _add_headers(message: Message, path: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers[name] = value
    if path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
