"""`[notify]` in the settings file: read whole or refused with the key and the reason; addresses are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hemovault.settings import ConfigError, load_settings

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
