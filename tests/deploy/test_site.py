"""The program as the README's unit starts it, behind nginx with the README's site."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from tests import install
from tests.conftest import DATA, need
from tests.deploy.guide import block, replaced
from tests.deploy.site import NAME, Site, SiteVisitor, Stay
from tests.running import RunningApp
from tests.speech import silence, to_wav

CODE = "open sesame"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With everything that the guide sets."""
    nginx, folder = need(install.nginx()), tmp_path_factory.mktemp("site")
    changes = {"/var/lib/vivavoce": str(folder), "ACCESS_CODE=change-me": f"ACCESS_CODE={CODE}"}
    lines = replaced(block("# /etc/vivavoce.env"), changes).splitlines()
    environ = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    with (
        RunningApp(folder / "app", scripted=DATA / "script.toml", **environ) as app,
        Site(nginx, folder, app.port) as running,
    ):
        yield running


@pytest.fixture
def visitor(site: Site) -> SiteVisitor:
    return SiteVisitor(site)


def test_the_plain_address_leads_to_the_secure_one(site):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(Stay).open(f"http://{NAME}:{site.plain_port}/settings")

    assert refused.value.code == 301
    assert refused.value.headers["Location"] == f"https://{NAME}/settings"
    refused.value.close()


def test_who_knows_the_code_is_let_in_and_keeps_a_safe_cookie(visitor):
    visitor.sign_in(CODE)

    assert 'data-testid="connect"' in visitor.get("/")
    cookie = next(cookie for cookie in visitor.cookies if "vivavoce" in cookie.name)
    assert cookie.name.startswith("__Host-")
    assert cookie.secure


def test_a_relayed_call_passes(visitor):
    visitor.sign_in(CODE)
    wish = json.dumps({"transport": "websocket"}).encode()
    session = json.loads(visitor.post("/api/realtime/session", wish))
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)

    with connect(
        visitor.site.url.replace("https", "wss") + session["relay_url"],
        ssl=visitor.tls,
        origin=visitor.site.url,
        additional_headers={"Cookie": cookies},
    ) as socket:
        first = json.loads(socket.recv(timeout=10))

    assert first["type"] == "session.created"


def test_a_voice_passes(visitor):
    visitor.sign_in(CODE)

    sound = visitor.post("/api/realtime/tts", b'{"text": "Hello there", "format": "wav"}')

    assert sound.startswith(b"RIFF")


def test_what_is_said_lies_on_no_disk(site, visitor):
    visitor.sign_in(CODE)

    visitor.post("/api/realtime/transcriptions", to_wav(silence(20), 16_000), "audio/wav")

    # So nginx says where it writes a body to a file.
    assert "temporary file" not in (site.folder / "error.log").read_text()


def test_figures_are_not_for_the_public(visitor):
    with pytest.raises(urllib.error.HTTPError) as refused:
        visitor.get("/metrics")

    assert refused.value.code == 403
    refused.value.close()
