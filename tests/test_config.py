"""What the operator sets."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from services.config import Config, read_environment
from services.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


def problems(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    return str(caught.value).splitlines()


def test_nothing_set_is_the_default():
    assert Config.from_env({}) == Config()
    assert Config.from_env({"PORT": "", "SECRET_KEY": "  "}) == Config()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROVIDER", "nobody"),
        ("SPEECH_PROVIDER", "nobody"),
        ("TRANSCRIPTION_PROVIDER", "browser"),
        ("OPENAI_REALTIME_BASE_URL", "api.openai.com"),
        ("SPEECH_BASE_URL", "10.0.0.3"),
        ("TRANSCRIPTION_BASE_URL", "ftp://10.0.0.3"),
        ("ELEVENLABS_BASE_URL", "elevenlabs.io"),
        ("AZURE_OPENAI_AD_TOKEN_FILE", "/nowhere"),
        ("TOOLS", "clock,axe"),
        ("MCP_SERVERS", "{}"),
        ("ENGINE_URL", "10.0.0.2:8010"),
        ("CONNECT_VIA", "pigeon"),
        ("ICE_SERVERS", "stun:a:1"),
        ("ICE_SERVERS", "{}"),
        ("ICE_SERVERS", '["stun:a:1"]'),
        ("MODES", "telepathy,native"),
        ("MODES", "native,"),
        ("AUTH_MODE", "closed"),
        ("ALLOW_OPEN", "yes"),
        ("DATABASE_URL", "postgresql://host/db"),
        ("CALL_MAX_MINUTES", "0"),
        ("CALL_MAX_MINUTES", "1.5"),
        ("CALL_MAX_MINUTES", "９"),
        ("DAILY_MINUTES_PER_USER", "9" * 5000),
        ("CALLS_PER_USER", "0"),
        ("MINTS_PER_MINUTE", "-1"),
        ("DAILY_BUDGET_USD", "0"),
        ("DAILY_BUDGET_USD", "$5"),
        ("DAILY_BUDGET_USD", "1e3"),
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


AZURE = {
    "AZURE_OPENAI_ENDPOINT": "https://us.openai.azure.com",
    "AZURE_OPENAI_API_KEY": "key",
    "AZURE_OPENAI_DEPLOYMENT_NAME": "our-realtime",
}


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"PROVIDER": "openai"}, ["OPENAI_API_KEY"]),
        (
            {"PROVIDER": "openai", "OPENAI_REALTIME_BASE_URL": "https://eu.api.openai.com/v1"},
            ["OPENAI_API_KEY"],
        ),
        ({"SPEECH_PROVIDER": "openai"}, ["OPENAI_API_KEY"]),
        ({"SPEECH_PROVIDER": "realtime"}, ["OPENAI_API_KEY"]),
        ({"SPEECH_PROVIDER": "elevenlabs"}, ["ELEVENLABS_API_KEY"]),
        ({"TRANSCRIPTION_PROVIDER": "openai"}, ["OPENAI_API_KEY"]),
        ({"PROVIDER": "azure"}, list(AZURE)),
        ({"PROVIDER": "azure", "AZURE_OPENAI_AD_TOKEN": "t"}, [list(AZURE)[0], list(AZURE)[2]]),
        (AZURE | {"SPEECH_PROVIDER": "azure"}, ["SPEECH_MODEL"]),
    ],
)
def test_what_a_choice_needs_is_told(environ, missing):
    lines = problems(**environ)

    assert [line.partition(":")[0] for line in lines] == missing


@pytest.mark.parametrize(
    ("environ", "who"),
    [
        ({}, ("engine", "engine", "engine")),
        ({"OPENAI_API_KEY": "k"}, ("openai", "realtime", "openai")),
        ({"OPENAI_API_KEY_FILE": __file__}, ("openai", "realtime", "openai")),
        (AZURE | {"OPENAI_API_KEY": "k"}, ("azure", "realtime", "azure")),
        (AZURE | {"SPEECH_MODEL": "our-tts"}, ("azure", "azure", "azure")),
        ({"SPEECH_BASE_URL": "http://a/v1"}, ("engine", "openai", "engine")),
        ({"TRANSCRIPTION_BASE_URL": "http://a/v1"}, ("engine", "engine", "openai")),
        ({"PROVIDER": "engine", "OPENAI_API_KEY": "k"}, ("engine", "engine", "engine")),
        (
            {"PROVIDER": "openai", "OPENAI_REALTIME_BASE_URL": "http://10.0.0.5/v1"},
            ("openai", "realtime", "openai"),
        ),
    ],
)
def test_auto_is_what_is_there(environ, who):
    config = Config.from_env(environ)

    assert (config.provider, config.speech_provider, config.transcription_provider) == who
    assert config.needs_engine == ("engine" in who)


def test_all_problems_are_told_at_once():
    lines = problems(PORT="many", LOG_FORMAT="xml", VIVAVOCE_X="", VIVAVOCE_Y="1")

    names = {line.partition(":")[0] for line in lines}
    assert names == {"PORT", "LOG_FORMAT", "VIVAVOCE_X", "VIVAVOCE_Y"}


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "ENGINE_API_KEY",
        "DATABASE_URL",
        "OPENAI_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "ELEVENLABS_API_KEY",
        "SPEECH_API_KEY",
        "TRANSCRIPTION_API_KEY",
    ],
)
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
    fields = [field.name for field in dataclasses.fields(Config)]
    endings = ("_key", "_token", "_code", "_secret")
    secret = ["database_url", "redis_url", *(name for name in fields if name.endswith(endings))]

    assert len(secret) == 13
    canaries: dict[str, Any] = dict.fromkeys(secret, "canary")
    assert "canary" not in repr(Config(**canaries))


def test_the_process_outweighs_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PORT=1\nHOST='::1' # here\n")
    monkeypatch.setenv("PORT", "2")

    environ = read_environment(tmp_path)

    assert (environ["PORT"], environ["HOST"]) == ("2", "::1")
