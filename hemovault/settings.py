"""Settings of a site: one TOML file, environment variables on top (`HEMOVAULT_WEB__PORT=8700`); strangers refused."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.logs import LogFormat
from runtime.settings import MqttSettings
from runtime.settings import Settings as Section
from telemetry.retention import KEEP_HOUR_DAYS, KEEP_MINUTE_DAYS, KEEP_RAW_DAYS, Retention
from wms.store.database import DATABASE_FILE, POSTGRESQL_SCHEMES

CONFIG_VARIABLE = "HEMOVAULT_CONFIG"
DEFAULT_FILE = Path("hemovault.toml")


class ConfigError(ValueError):
    """A settings file that cannot be used: every fault with its key, its value's place and the reason."""


class BrokerSettings(Section):
    """`[broker]`: where the embedded broker listens. A site with its own broker does not run this service."""

    listen: str = "127.0.0.1"
    port: int = Field(default=1883, ge=1, le=65535)


class WebSettings(Section):
    """`[web]`: where the API and the web app listen. `origins` are further origins that browsers may write from."""

    listen: str = "127.0.0.1"
    port: int = Field(default=8642, ge=1, le=65535)
    origins: tuple[str, ...] = ()


class SimulateSettings(Section):
    """`[simulate]`: the virtual centre; `pace` is demo, test or realistic."""

    seed: int = 20261122
    pace: Literal["demo", "test", "realistic"] = "demo"
    http_port: int = Field(default=8643, ge=1, le=65535)
    max_donations: int | None = Field(default=None, ge=0)


class InfluxSettings(Section):
    """`[influx]`: mirror the telemetry to an InfluxDB 2 API (InfluxDB, VictoriaMetrics). Absent: no mirror."""

    url: str
    token: SecretStr = SecretStr("")
    org: str = ""
    bucket: str = "hemovault"


class TelemetrySettings(Section):
    """`[telemetry]`: how many days readings, their minutes and their hours are kept.

    `read_older_than_days`: questions about more than so many days ago go to `[influx]`, which must then be an
    InfluxDB 2; without it the historian of this machine answers them all.
    """

    keep_raw_days: int = Field(default=KEEP_RAW_DAYS, ge=2)
    keep_minute_days: int = Field(default=KEEP_MINUTE_DAYS, ge=2)
    keep_hour_days: int = Field(default=KEEP_HOUR_DAYS, ge=2)
    read_older_than_days: int | None = Field(default=None, ge=2)

    @model_validator(mode="after")
    def _in_order(self) -> TelemetrySettings:
        if not self.keep_raw_days <= self.keep_minute_days <= self.keep_hour_days:
            raise ValueError("minutes are kept no shorter than readings, and hours no shorter than minutes")
        return self

    @property
    def retention(self) -> Retention:
        """How long each kind is kept."""
        return Retention(self.keep_raw_days, self.keep_minute_days, self.keep_hour_days)


class ChannelSettings(Section):
    """`[notify.channels.NAME]`: one way to reach people. Each address may be `@name`, a line of the secrets file.

    `url` is shared by everybody behind the channel; `people` gives addresses of persons (Apprise only). A webhook is
    signed with `secret`.
    """

    kind: Literal["apprise", "webhook"]
    url: SecretStr | None = None
    people: dict[str, SecretStr] = Field(default_factory=dict)
    secret: SecretStr | None = None
    timeout_s: float = Field(default=10.0, gt=0, le=60)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> ChannelSettings:
        if self.kind == "webhook" and (self.url is None or self.secret is None or self.people):
            raise ValueError("a webhook has a url and a secret, and no people")
        if self.kind == "apprise" and self.secret is not None:
            raise ValueError("only a webhook is signed with a secret")
        if self.url is None and not self.people:
            raise ValueError("a channel leads somewhere: give it a url, or addresses of people")
        return self


class NotifySettings(Section):
    """`[notify]`: how people are told of alarms, beside the wall, which needs no setting.

    `link` is the address of the screens as people reach them; `secrets_file` is a TOML file of `name = "address"` that
    only its owner can read.
    """

    link: str | None = None
    secrets_file: Path | None = None
    most_per_minute: int = Field(default=30, ge=1)
    channels: dict[str, ChannelSettings] = Field(default_factory=dict)

    @field_validator("channels")
    @classmethod
    def _named_well(cls, value: dict[str, ChannelSettings]) -> dict[str, ChannelSettings]:
        for name in value:
            if re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name) is None or name == "wall":
                raise ValueError(f"{name!r} is no name for a channel (small letters, digits, -; not 'wall')")
        return value


class CertificateSettings(Section):
    """`[certificates]`: PEM files of the site's connections (MQTT, OPC UA, a web proxy) to warn of before they end."""

    files: tuple[Path, ...] = ()
    warn_days: int = Field(default=30, ge=1, le=365)


class LogSettings(Section):
    """`[log]`: level and form of the log on stderr."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    form: LogFormat = LogFormat.CONSOLE


class Settings(BaseSettings):
    """All settings of one site. Relative paths are relative to the file they stand in.

    ``database`` is `postgresql://user:password@host/name`; without it the warehouse is a SQLite file in ``data_dir``.
    """

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="HEMOVAULT_", env_nested_delimiter="__")

    data_dir: Path = Path("var")
    database: SecretStr | None = None
    plant: Path = Path("plant.toml")
    clock: Path | None = None
    simulated: bool = False
    mqtt: MqttSettings = MqttSettings()
    broker: BrokerSettings = BrokerSettings()
    web: WebSettings = WebSettings()
    simulate: SimulateSettings = SimulateSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    influx: InfluxSettings | None = None
    notify: NotifySettings = NotifySettings()
    certificates: CertificateSettings = CertificateSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the file's values (given to the constructor); no dot-env, no secrets folder."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @field_validator("database")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(POSTGRESQL_SCHEMES):
            raise ValueError("a database is named as postgresql://user:password@host/name; leave it out for SQLite")
        return value

    @model_validator(mode="after")
    def _archive_is_named(self) -> Settings:
        if self.telemetry.read_older_than_days is not None and self.influx is None:
            raise ValueError("telemetry.read_older_than_days needs [influx], which names where to read")
        return self

    @property
    def database_url(self) -> str | None:
        """URL of the PostgreSQL database; None while the warehouse is the SQLite file."""
        return None if self.database is None else self.database.get_secret_value()

    @property
    def database_place(self) -> Path | str:
        """Where the operational database is, as `wms.store.database.open_database` takes it."""
        return self.database_url or self.data_dir / DATABASE_FILE

    @property
    def solve_socket(self) -> Path:
        """Unix socket of the allocation worker."""
        return self.data_dir / "run" / "solve.sock"

    @property
    def agents_file(self) -> Path:
        """Accounts of the simulated agents."""
        return self.data_dir / "secrets" / "agents.json"

    @property
    def api_url(self) -> str:
        """Where services on this machine reach the API."""
        return f"http://127.0.0.1:{self.web.port}"


def config_file(given: Path | None) -> Path:
    """The settings file in force: the given one, `$HEMOVAULT_CONFIG`, or `hemovault.toml` here."""
    return given or Path(os.environ.get(CONFIG_VARIABLE, DEFAULT_FILE))


def load_settings(path: Path) -> Settings:
    """Read and check a settings file; raises ConfigError naming the file and every fault."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name a file with --config.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    base = path.resolve().parent
    document = {"data_dir": "var", "plant": "plant.toml", **document}
    for key in ("data_dir", "plant", "clock"):
        if isinstance(document.get(key), str):
            document[key] = base / document[key]
    certificates = document.get("certificates")
    if isinstance(certificates, dict) and isinstance(certificates.get("files"), list):
        files = [base / file if isinstance(file, str) else file for file in certificates["files"]]
        document["certificates"] = {**certificates, "files": files}
    notify = document.get("notify")
    if isinstance(notify, dict) and isinstance(notify.get("secrets_file"), str):
        document["notify"] = {**notify, "secrets_file": base / notify["secrets_file"]}
    try:
        return Settings(**document)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()
        )
        raise ConfigError(f"{path}: {faults}") from error
