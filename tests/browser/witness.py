"""What a browser complains about: console errors, exceptions, failed requests. Any of them fails a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_LEFT_BY_THE_PAGE = "net::ERR_ABORTED"
"""A request that the page itself gave up, as it does with its open reads when it is left."""

_REFUSED = 400


class Witness:
    """Listens to every page of a browser context from its first request on."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_exception)
        context.on("requestfailed", self._on_failed)
        context.on("response", self._on_response)

    @contextmanager
    def forgiving(self, *expected: str) -> Iterator[None]:
        """Forget the faults of this block that contain one of the texts; the test causes them on purpose."""
        before = len(self.faults)
        yield
        self.faults[before:] = [fault for fault in self.faults[before:] if not any(text in fault for text in expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_exception(self, error: WebError) -> None:
        self.faults.append(f"exception: {error.error}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != _LEFT_BY_THE_PAGE:
            self.faults.append(f"request: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= _REFUSED:
            self.faults.append(f"response: {response.status} {response.request.method} {response.url}")
