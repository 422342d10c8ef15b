"""How a message leaves: a signed webhook, anything that Apprise speaks, the wall. Called in a thread; never raises.

What comes back is the proof: what the other side answered, without any address or token in it.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import apprise
import msgspec

from wms.notices.message import Message
from wms.notices.outbox import Outcome
from wms.notices.redaction import redact

SIGNATURE: Final = "X-HemoVault-Signature"
"""`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>` with the channel's secret."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_SAID: Final = 200
_MOST_READ: Final = 4096
_FAILED_TO: Final[tuple[tuple[type[Exception], str], ...]] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "no connection"),
    (OSError, "the connection failed"),
    (HTTPException, "the answer could not be read"),
)
_TALKATIVE: Final = ("urllib3", "requests_oauthlib", "oauthlib")
"""What Apprise stands on writes addresses into its DEBUG lines."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of an attempt, and what the other side said."""

    outcome: Outcome
    detail: str


Send = Callable[[Message], Reply]


class AddressUnfit(ValueError):  # noqa: N818 - the word of the house; it is what the person is told
    """An address that no message may be sent to; the text never holds the address."""


def webhook(url: str, secret: str, timeout_s: float, real_now: Callable[[], datetime]) -> Send:
    """Send messages as signed JSON to one address; TLS is verified, redirects are not followed.

    The standard library speaks here because it logs nothing: an address may hold a token. Raises AddressUnfit for
    anything but https (http only to this machine), and for a short secret.
    """
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    if parts.hostname is None or not (is_secure or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise AddressUnfit("a webhook is an https address (http only to this machine)")
    if len(secret) < 16:
        raise AddressUnfit("a webhook needs a secret of at least 16 characters to sign with")
    key, host, port = secret.encode(), parts.hostname, parts.port
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))

    def connect() -> HTTPConnection:
        if not is_secure:
            return HTTPConnection(host, port, timeout=timeout_s)
        return HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())

    def send(message: Message) -> Reply:
        body = msgspec.json.encode(message)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            SIGNATURE: sign(key, body, int(real_now().timestamp())),
        }
        try:
            with contextlib.closing(connect()) as connection:
                connection.request("POST", target, body, headers)
                answer = connection.getresponse()
                text = answer.read(_MOST_READ).decode(errors="replace")
        except (OSError, HTTPException) as error:
            return Reply(Outcome.FAILED, next(text for kind, text in _FAILED_TO if isinstance(error, kind)))
        said = redact(" ".join(text.split())[:_MOST_SAID], (url, secret))
        detail = f"answered {answer.status}" + (f": {said}" if said else "")
        taken = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
        return Reply(Outcome.TAKEN if taken else Outcome.FAILED, detail)

    return send


def sign(key: bytes, body: bytes, unix_s: int) -> str:
    """The signature header of a body; a receiver computes the same and refuses an old ``t``."""
    digest = hmac.new(key, f"{unix_s}.".encode() + body, sha256).hexdigest()
    return f"t={unix_s},v1={digest}"


def by_apprise(urls: Mapping[str, str], shared: str | None) -> Send:
    """Send to whatever Apprise speaks: a person's own address, else the shared one. Raises AddressUnfit.

    Both languages are in the text. Apprise tells only whether it was taken; what it said meanwhile is kept, redacted.
    """
    log = logging.getLogger("apprise")
    log.propagate = False  # its lines hold addresses
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
    for url in (*urls.values(), *((shared,) if shared is not None else ())):
        _check_apprise(url)

    def send(message: Message) -> Reply:
        url = shared if message.person is None else urls.get(message.person)
        if url is None:
            return Reply(Outcome.REFUSED, "there is no address for this person in the settings")
        with _Overheard(log) as overheard:
            taken = _notify(url, message)
        said = redact("; ".join(overheard.lines)[:_MOST_SAID], (url,))
        if taken:
            return Reply(Outcome.TAKEN, said or "taken")
        return Reply(Outcome.FAILED, said or "not taken")

    return send


def wall(screens: Callable[[], int]) -> Send:
    """The wall: the live stream carries it. ``screens`` says how many listen now, which is the proof."""

    def send(message: Message) -> Reply:
        del message
        number = screens()
        return Reply(Outcome.TAKEN, f"on the live stream; {number} screens listen")

    return send


def _notify(url: str, message: Message) -> bool:
    """Through the plugin itself: `Apprise.notify` would go through a thread of its own, unheard by us."""
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        return False
    body = f"{message.text_zh}\n\n{message.text_en}"
    title = f"{message.title_zh} / {message.title_en}"
    kind = apprise.NotifyType.FAILURE if message.priority in {1, 2} else apprise.NotifyType.WARNING
    try:
        return bool(service.notify(body=body, title=title, notify_type=kind))
    except Exception:  # noqa: BLE001 - 130 services' code: whatever one raises, the message was not taken
        logging.getLogger("apprise").error("the service failed")  # noqa: TRY400 - a trace would hold the address
        return False


def _check_apprise(url: str) -> None:
    parts = urlsplit(url)
    if "verify=no" in parts.query.lower():
        raise AddressUnfit("an address must not switch off the check of certificates (verify=no)")
    if apprise.Apprise.instantiate(url, suppress_exceptions=True) is None:
        raise AddressUnfit("Apprise does not know this kind of address")


class _Overheard(logging.Handler):
    """What a logger says in this thread while the block runs."""

    def __init__(self, log: logging.Logger) -> None:
        super().__init__(logging.INFO)
        self._log = log
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def __enter__(self) -> _Overheard:
        self._log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line of this thread."""
        if record.thread == self._thread:
            self.lines.append(record.getMessage())
