"""A person at the HTTP API: signs in, asks again for ever when nobody answers, and learns of a refusal once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from runtime.backoff import Backoff, LogOnce
from runtime.logs import get_logger

log = get_logger(__name__)

_PATIENCE_S: Final = 10.0
_AGAIN: Final = frozenset({408, 425, 429})


class Account(msgspec.Struct, frozen=True):
    """Sign-in of an agent; `hospital` for those who order for one."""

    password: str
    role: str
    hospital: str | None = None


class RefusedByWarehouse(Exception):  # noqa: N818 - what happened, in the words of the house
    """The warehouse understood and said no; asking again with the same words would not help."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{status} {code}: {detail}")


async def read_accounts(path: Path) -> dict[str, Account]:
    """The agents' accounts; waits for the file, which the warehouse writes at its first start."""
    trouble = LogOnce(f"reading {path.name}")
    while True:
        try:
            return msgspec.json.decode(await asyncio.to_thread(path.read_bytes), type=dict[str, Account])
        except (OSError, msgspec.DecodeError) as error:
            trouble.failed(error)
        await asyncio.sleep(0.5)


class ApiClient:
    """One signed-in person. Every act is sent until it is answered; writes carry an idempotency key."""

    def __init__(
        self, base_url: str, username: str, account: Account, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._name = username
        self._account = account
        self._http = httpx.AsyncClient(
            base_url=f"{base_url}/api/v1", timeout=_PATIENCE_S, trust_env=False, transport=transport
        )
        self._signed_in = False
        self._trouble = LogOnce(f"{username} at the warehouse's API")

    @property
    def username(self) -> str:
        """Who it signs in as."""
        return self._name

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def post(self, path: str, body: dict[str, Any], key: str) -> Any:
        """Post until answered; raises RefusedByWarehouse."""
        return await self._ask("POST", path, body, {"Idempotency-Key": key})

    async def put(self, path: str, body: dict[str, Any], key: str) -> Any:
        """Put until answered; raises RefusedByWarehouse."""
        return await self._ask("PUT", path, body, {"Idempotency-Key": key})

    async def get(self, path: str) -> Any:
        """Get until answered; raises RefusedByWarehouse."""
        return await self._ask("GET", path, None, {})

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        delays = Backoff()
        while True:
            try:
                if not self._signed_in:
                    await self._sign_in()
                response = await self._http.request(method, path, json=body, headers=headers)
                if response.status_code == httpx.codes.UNAUTHORIZED:
                    self._signed_in = False
                    raise httpx.RemoteProtocolError("the session has ended")
                if response.is_server_error or response.status_code in _AGAIN:
                    raise httpx.RemoteProtocolError(f"answered {response.status_code}")
                self._trouble.recovered()
            except httpx.HTTPError as error:
                self._trouble.failed(f"{type(error).__name__}: {error}")
                await asyncio.sleep(delays.next_delay())
                continue
            if response.is_error:
                raise _refusal(response)
            return response.json() if response.content else None

    async def _sign_in(self) -> None:
        response = await self._http.post("/session", json={"username": self._name, "password": self._account.password})
        if response.is_error:
            raise httpx.RemoteProtocolError(f"sign-in answered {response.status_code}")
        self._signed_in = True


def _refusal(response: httpx.Response) -> RefusedByWarehouse:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    return RefusedByWarehouse(
        response.status_code, str(problem.get("code", "")), str(problem.get("detail", response.text[:200]))
    )
