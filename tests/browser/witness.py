"""What a browser complains about: console errors, exceptions, failed requests. Any of them fails a test."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_LEFT_BY_THE_PAGE = "net::ERR_ABORTED"
"""A request that the page itself gave up, as it does with its open reads when it is left."""

_REFUSED = 400


class Witness:
    """Listens to every page of a browser context from its first request on."""

    def __init__(self, context: BrowserContext) -> None:
        self._heard: list[str] = []
        self._forgiven: set[str] = set()
        context.on("console", self._on_console)
        context.on("weberror", self._on_exception)
        context.on("requestfailed", self._on_failed)
        context.on("response", self._on_response)

    @property
    def faults(self) -> list[str]:
        """Every complaint that the test did not cause on purpose."""
        return [fault for fault in self._heard if not any(text in fault for text in self._forgiven)]

    def forgive(self, *texts: str) -> None:
        """Complaints with one of these texts are the test's own doing."""
        self._forgiven.update(texts)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_exception(self, error: WebError) -> None:
        self._heard.append(f"exception: {error.error}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != _LEFT_BY_THE_PAGE:
            self._heard.append(f"request: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= _REFUSED:
            self._heard.append(f"response: {response.status} {response.request.method} {response.url}")
