"""Who may come in, as the operator says it."""

from __future__ import annotations

import pytest

from services.config import Config
from services.errors import ConfigError

OIDC = {
    "AUTH_MODE": "oidc",
    "OIDC_ISSUER": "https://issuer.example/",
    "OIDC_CLIENT_ID": "vivavoce",
    "OIDC_CLIENT_SECRET": "secret",
}
CODE = {"AUTH_MODE": "code", "ACCESS_CODE": "open sesame"}


def problem(**environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "talk.example"])
def test_a_server_for_others_is_not_open_by_accident(host):
    line = problem(HOST=host)

    assert line.startswith(f"HOST: {host} ")
    assert all(cure in line for cure in ("AUTH_MODE=code", "AUTH_MODE=oidc", "ALLOW_OPEN=1"))


def test_neither_is_one_behind_a_proxy():
    assert problem(TRUSTED_PROXIES="1").startswith("TRUSTED_PROXIES: ")


@pytest.mark.parametrize("environ", [{"ALLOW_OPEN": "1"}, CODE, OIDC])
@pytest.mark.parametrize("way", [{"HOST": "0.0.0.0"}, {"TRUSTED_PROXIES": "1"}])
def test_with_a_door_it_may_be_reached(environ, way):
    assert not Config.from_env(environ | way).is_personal


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_it_is_somebodys_own(host):
    assert Config.from_env({"HOST": host}).is_personal
    assert not Config.from_env({"HOST": host} | CODE).is_personal


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"AUTH_MODE": "code"}, "ACCESS_CODE"),
        (OIDC | {"OIDC_ISSUER": ""}, "OIDC_ISSUER"),
        (OIDC | {"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        (OIDC | {"OIDC_ISSUER": "http://issuer.example"}, "OIDC_ISSUER"),
        (OIDC | {"OIDC_ISSUER": "issuer.example"}, "OIDC_ISSUER"),
        (CODE | {"OWNERS": "ada@example.com"}, "OWNERS"),
        ({"TRUSTED_PROXIES": "yes"}, "TRUSTED_PROXIES"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
    ],
)
def test_what_is_missing_is_told_in_a_line(environ, name):
    assert problem(**environ).startswith(f"{name}: ")


def test_what_is_said_is_read():
    config = Config.from_env(OIDC | {"OWNERS": "ada@example.com, 4711 ,", "TRUSTED_PROXIES": "2"})

    assert config.oidc_issuer == "https://issuer.example"
    assert (config.oidc_client_id, config.oidc_client_secret) == ("vivavoce", "secret")
    assert config.owners == ("ada@example.com", "4711")
    assert config.trusted_proxies == 2


def test_an_issuer_on_this_machine_needs_no_https():
    assert Config.from_env(OIDC | {"OIDC_ISSUER": "http://127.0.0.1:9000"}).oidc_issuer


def test_a_secret_may_lie_in_a_file(tmp_path):
    (tmp_path / "code").write_text("open sesame\n")

    config = Config.from_env({"AUTH_MODE": "code", "ACCESS_CODE_FILE": str(tmp_path / "code")})

    assert config.access_code == "open sesame"
