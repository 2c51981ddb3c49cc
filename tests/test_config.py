"""What the operator sets."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from services.config import Config, read_environment
from services.engine.config import EngineConfig
from services.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


def problems(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    return str(caught.value).splitlines()


def test_nothing_set_is_the_default():
    assert Config.from_env({}) == Config()
    assert Config.from_env({"PORT": "", "SECRET_KEY": "  "}) == Config()


def test_every_name_is_read():
    config = Config.from_env(
        {
            "PROVIDER": "engine",
            "ENGINE_URL": "http://10.0.0.2:8010/v1/",
            "ENGINE_API_KEY": "key",
            "SPEECH_PROVIDER": "browser",
            "TRANSCRIPTION_PROVIDER": "engine",
            "CONNECT_VIA": "broker",
            "ICE_SERVERS": '[{"urls": "stun:a:1"}]',
            "MODES": "text, native",
            "AUTH_MODE": "open",
            "ALLOW_OPEN": "1",
            "SECRET_KEY": "secret",
            "DATABASE_URL": "sqlite:////tmp/x.db",
            "CALL_MAX_MINUTES": "5",
            "DAILY_MINUTES_PER_USER": "6",
            "PORT": "0",
            "HOST": "0.0.0.0",
            "WEB_CONCURRENCY": "2",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "json",
        }
    )

    assert config == Config(
        provider="engine",
        engine_url="http://10.0.0.2:8010",
        engine_api_key="key",
        speech_provider="browser",
        transcription_provider="engine",
        connect_via="broker",
        ice_servers=({"urls": "stun:a:1"},),
        modes=("native", "text"),
        auth_mode="open",
        allow_open=True,
        secret_key="secret",
        database_url="sqlite:////tmp/x.db",
        call_max_minutes=5,
        daily_minutes_per_user=6,
        port=0,
        host="0.0.0.0",
        web_concurrency=2,
        log_level="DEBUG",
        log_format="json",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROVIDER", "openai"),
        ("PROVIDER", "azure"),
        ("PROVIDER", "nobody"),
        ("SPEECH_PROVIDER", "openai"),
        ("SPEECH_PROVIDER", "azure"),
        ("SPEECH_PROVIDER", "elevenlabs"),
        ("SPEECH_PROVIDER", "realtime"),
        ("SPEECH_PROVIDER", "nobody"),
        ("TRANSCRIPTION_PROVIDER", "openai"),
        ("TRANSCRIPTION_PROVIDER", "azure"),
        ("TRANSCRIPTION_PROVIDER", "browser"),
        ("ENGINE_URL", "10.0.0.2:8010"),
        ("CONNECT_VIA", "pigeon"),
        ("ICE_SERVERS", "stun:a:1"),
        ("ICE_SERVERS", "{}"),
        ("ICE_SERVERS", '["stun:a:1"]'),
        ("MODES", "telepathy,native"),
        ("MODES", "native,"),
        ("AUTH_MODE", "code"),
        ("AUTH_MODE", "closed"),
        ("ALLOW_OPEN", "yes"),
        ("DATABASE_URL", "postgresql://host/db"),
        ("CALL_MAX_MINUTES", "0"),
        ("CALL_MAX_MINUTES", "1.5"),
        ("CALL_MAX_MINUTES", "９"),
        ("DAILY_MINUTES_PER_USER", "9" * 5000),
        ("PORT", "65536"),
        ("HOST", "0.0.0.0"),
        ("WEB_CONCURRENCY", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("VIVAVOCE_PORT", "1"),
    ],
)
def test_a_bad_value_is_one_line_that_begins_with_a_name(name, value):
    (line,) = problems(**{name: value})

    expected = "SECRET_KEY" if name == "DATABASE_URL" else name
    assert line.startswith(f"{expected}: ")


def test_all_problems_are_told_at_once():
    lines = problems(PORT="many", LOG_FORMAT="xml", VIVAVOCE_X="", VIVAVOCE_Y="1")

    names = {line.partition(":")[0] for line in lines}
    assert names == {"PORT", "LOG_FORMAT", "VIVAVOCE_X", "VIVAVOCE_Y"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENGINE_API_KEY", "DATABASE_URL"])
def test_a_secret_may_lie_in_a_file(name, tmp_path):
    (tmp_path / "secret").write_text("sqlite:///from-file\n")

    config = Config.from_env({f"{name}_FILE": str(tmp_path / "secret")})

    assert getattr(config, name.lower()) == "sqlite:///from-file"


def test_a_secret_file_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "empty").write_text("")

    assert problems(SECRET_KEY_FILE=str(tmp_path / "missing"))[0].startswith("SECRET_KEY_FILE: ")
    assert problems(SECRET_KEY_FILE=str(tmp_path / "empty"))[0].startswith("SECRET_KEY_FILE: ")
    assert "keep one" in problems(SECRET_KEY="a", SECRET_KEY_FILE=str(tmp_path / "missing"))[0]


def test_secrets_do_not_show():
    text = repr(
        Config(
            secret_key="canary", engine_api_key="canary", database_url="postgresql://u:canary@h/d"
        )
    )

    assert "canary" not in text


def test_the_process_outweighs_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PORT=1\nHOST='::1' # here\n")
    monkeypatch.setenv("PORT", "2")

    environ = read_environment(tmp_path)

    assert (environ["PORT"], environ["HOST"]) == ("2", "::1")


def names_of(config: type) -> set[str]:
    """Names in the docstrings of a config's fields."""
    source = Path(inspect.getfile(config)).read_text("utf-8")
    return set(re.findall(r'^    """`([A-Z_]+)`', source, re.M))


def test_every_field_has_its_name_in_its_docstring():
    assert names_of(Config) == {field.name.upper() for field in dataclasses.fields(Config)}


def test_the_example_documents_every_name_with_its_default():
    text = (ROOT / ".env.example").read_text("utf-8")
    documented = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", text, re.M))

    assert set(documented) == names_of(Config) | names_of(EngineConfig)
    assert Config.from_env(documented) == Config()
