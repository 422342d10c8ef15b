"""The web app's files, as Vite built them into `dashboards/static`; every other page path is the app's own page."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

STATIC: Final = Path(__file__).parent / "static"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ALWAYS_ASK: Final = "no-cache"
_NOT_BUILT: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>HemoVault</title>"
    "<h1>HemoVault</h1><p>The web app has not been built. Run <code>make install</code>, then load this page again.</p>"
    "<p lang=zh>网页尚未构建。请运行 <code>make install</code>，然后重新加载本页。</p>"
)


class WebApp:
    """Serves files, and `index.html` for the app's own pages; never anything under `/api`."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that no route of the API took."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path == "/api" or path.startswith("/api/"):
            raise HTTPException(404, f"There is no {path}")
        response = await self._answer(path, scope)
        await response(scope, receive, send)

    async def _answer(self, path: str, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, "Pages are only read", headers={"Allow": "GET, HEAD"})
        if not (self._folder / "index.html").is_file():
            return HTMLResponse(_NOT_BUILT, status_code=503)
        name = path.lstrip("/") or "index.html"
        try:
            response = await self._files.get_response(name, scope)
        except HTTPException:
            if PurePosixPath(name).suffix:
                raise HTTPException(404, f"There is no {path}") from None
            name = "index.html"
            response = await self._files.get_response(name, scope)
        response.headers["Cache-Control"] = _FOR_EVER if name.startswith("assets/") else _ALWAYS_ASK
        return response
