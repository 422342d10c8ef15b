"""Channels from the settings: addresses looked up in the secrets file, senders made. Addresses stay in here."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from hemovault.settings import ChannelSettings, ConfigError, NotifySettings
from wms.notices.channels import WALL
from wms.notices.reach import Reach
from wms.notices.senders import AddressUnfit, Send, by_apprise, wall, webhook
from wms.notices.tables import ChannelKind

_BY_NAME: Final = "@"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people, ready to be used."""

    reach: Reach
    send: Send


def open_channels(
    settings: NotifySettings, real_now: Callable[[], datetime], screens: Callable[[], int]
) -> tuple[Channel, ...]:
    """Every channel of the site, the wall first. Raises ConfigError naming the channel, never its address."""
    secrets = _read_secrets(settings.secrets_file)
    found = [Channel(Reach(WALL, ChannelKind.WALL), wall(screens))]
    for name, one in settings.channels.items():
        try:
            found.append(_open(name, one, secrets, real_now))
        except AddressUnfit as error:
            raise ConfigError(f"notify.channels.{name}: {error}") from None  # the cause may hold the address
    return tuple(found)


def _open(
    name: str, settings: ChannelSettings, secrets: Mapping[str, str], real_now: Callable[[], datetime]
) -> Channel:
    url = None if settings.url is None else _look_up(name, settings.url, secrets)
    if settings.kind == "webhook":
        secret = _look_up(name, settings.secret or SecretStr(""), secrets)
        send = webhook(url or "", secret, settings.timeout_s, real_now)
        return Channel(Reach(name, ChannelKind.WEBHOOK), send)
    people = {person: _look_up(name, address, secrets) for person, address in settings.people.items()}
    return Channel(Reach(name, ChannelKind.APPRISE, frozenset(people)), by_apprise(people, url))


def _look_up(name: str, value: SecretStr, secrets: Mapping[str, str]) -> str:
    text = value.get_secret_value()
    if not text.startswith(_BY_NAME):
        return text
    found = secrets.get(text[len(_BY_NAME) :])
    if found is None:
        raise ConfigError(f"notify.channels.{name}: the secrets file has no line {text[len(_BY_NAME) :]!r}")
    return found


def _read_secrets(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        mode = path.stat().st_mode
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ConfigError(f"notify.secrets_file: {path} cannot be read as a TOML file") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"notify.secrets_file: {path} can be read by others; make it 0600")
    odd = [name for name, value in content.items() if not isinstance(value, str)]
    if odd:
        raise ConfigError(f"notify.secrets_file: {odd[0]!r} is not a text")
    return content
