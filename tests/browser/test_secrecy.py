"""The key that a house gave to this server is in nothing that leaves it, whatever goes wrong.

What the tests of both houses made the program say is searched at the end of the session, too
(`cloud_app`); here it is made to say all it can, while the houses quote the key at it.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import APIRequestContext

from tests.browser.cloud_app import CloudApp
from tests.browser.cloud_page import tap
from tests.browser.test_openai import WAYS
from tests.providers.stand_in_audio import wav

PAGES = (
    "/",
    "/conversations",
    "/settings",
    "/healthz",
    "/readyz",
    "/metrics",
    "/insights",
    "/privacy",
    "/privacy/export.json",
    "/check",
    "/api/openapi.json",
    "/no-such-page",
)


def ask_everything(app: CloudApp, visitor: APIRequestContext) -> None:
    """Ask for every page, and for all that the house is needed for."""
    origin = {"Origin": app.url}
    for path in PAGES:
        visitor.get(app.url + path)
    for transport in ("webrtc", "websocket"):
        call = visitor.post(
            f"{app.url}/api/realtime/session", data={"transport": transport}, headers=origin
        )
        if call.ok and call.json()["relay_url"]:
            visitor.get(app.url + call.json()["relay_url"], headers=origin)
    visitor.post(f"{app.url}/api/realtime/tts", data={"text": "Hello."}, headers=origin)
    visitor.post(
        f"{app.url}/api/realtime/transcriptions",
        data=wav(),
        headers=origin | {"Content-Type": "audio/wav"},
    )


@pytest.mark.parametrize("house_name", ["openai", "azure"])
@pytest.mark.parametrize("way", WAYS)
def test_the_key_leaves_in_nothing(
    request, cloud_app, silent_browser, open_page, monkeypatch, house_name, way
):
    house = request.getfixturevalue(house_name)
    key = house.server_key
    app = cloud_app(house, CONNECT_VIA=way)
    page = open_page(silent_browser, app)
    page.open().connect()
    page.type("Say something short")
    page.replied(1)
    page.disconnect()
    ask_everything(app, page.context.request)
    quoting = len(house.complaints)

    with monkeypatch.context() as changed:
        changed.setattr(house, "server_key", "another")
        tap(page)
        page.state_is("error")
        ask_everything(app, page.context.request)

    quotes = [said for said in house.complaints[quoting:] if key in said]
    assert quotes, "the house never quoted the key"
    assert app.places_of(key) == []
    assert any(key in str(asked.headers) for asked in house.asked)
    house.complaints.clear()
    page.complaints.clear()
