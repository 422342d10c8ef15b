"""`[notify]` in the settings file: read whole or refused with the key and the reason; addresses are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemovault.cli import application
from hemovault.settings import ConfigError, load_settings
from plant.load import demo_text

WHOLE = """
[notify]
link = "https://hemovault.example"
secrets_file = "secrets/notify.toml"
[notify.channels.pager]
kind = "apprise"
people = { ann = "@ann", bob = "tgram://token/42" }
[notify.channels.desk]
kind = "webhook"
url = "https://desk.example/hook"
secret = "@desk-key"
"""


def settings_of(tmp_path: Path, text: str):
    (tmp_path / "hemovault.toml").write_text(text, encoding="utf-8")
    return load_settings(tmp_path / "hemovault.toml")


def test_channels_are_read_and_the_secrets_file_stands_beside_the_settings(tmp_path):
    notify = settings_of(tmp_path, WHOLE).notify
    assert set(notify.channels) == {"pager", "desk"}
    assert notify.secrets_file == tmp_path / "secrets" / "notify.toml"
    assert "token" not in repr(notify)


def test_a_site_without_the_section_has_the_wall_only(tmp_path):
    assert settings_of(tmp_path, "").notify.channels == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[notify.channels.desk]\nkind = "webhook"\nurl = "https://x"', "a webhook has a url and a secret"),
        ('[notify.channels.desk]\nkind = "apprise"', "a channel leads somewhere"),
        ('[notify.channels.desk]\nkind = "apprise"\nurl = "x"\nsecret = "y"', "only a webhook is signed"),
        ('[notify.channels.wall]\nkind = "apprise"\nurl = "x"', "no name for a channel"),
        ('[notify.channels.desk]\nkind = "pigeon"\nurl = "x"', "notify.channels.desk.kind"),
        ("[notify]\nmost_per_minute = 0", "notify.most_per_minute"),
        ("[notify]\nmail = 1", "notify.mail"),
    ],
)
def test_a_wrong_section_is_refused_with_its_reason(tmp_path, text, why):
    with pytest.raises(ConfigError, match=why):
        settings_of(tmp_path, text)


def test_config_check_names_the_channel_that_cannot_be_used_and_hides_its_address(tmp_path):
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    config = tmp_path / "hemovault.toml"
    config.write_text(
        '[notify.channels.desk]\nkind = "webhook"\nurl = "http://far.example/t0ken"\nsecret = "0123456789abcdef"'
    )
    refused = CliRunner().invoke(application(), ["config", "check", "--config", str(config)])
    assert refused.exit_code == 1
    assert "notify.channels.desk: a webhook is an https address" in refused.output
    assert "t0ken" not in refused.output
    config.write_text("")
    assert "told by wall" in CliRunner().invoke(application(), ["config", "check", "--config", str(config)]).output
