"""The page on servers that take an offer without a session: it is told on the line."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.bare_server import BareServer
from tests.running import RunningApp
from tests.stand_ins.engine_child import KEY


@pytest.mark.parametrize(
    ("content_type", "refused"),
    [
        ("application/sdp", ["multipart/form-data"]),
        ("application/json", ["multipart/form-data", "application/sdp"]),
    ],
)
def test_the_session_is_told_first_of_all(
    content_type, refused, engine_behind_clouds, tmp_path, silent_browser, open_page
):
    with BareServer(engine_behind_clouds, content_type) as server:
        environ = {
            "PROVIDER": "openai",
            "OPENAI_REALTIME_BASE_URL": server.base_url,
            "OPENAI_REALTIME_MODEL": "its-own",
            "CONNECT_VIA": "broker",
            "SPEECH_PROVIDER": "engine",
            "TRANSCRIPTION_PROVIDER": "engine",
            "ENGINE_URL": engine_behind_clouds.url,
            "ENGINE_API_KEY": KEY,
        }
        with RunningApp(tmp_path, **environ) as app:
            page = open_page(silent_browser, app).prefer(mode="text", transport="webrtc").open()

            page.connect()
            page.type("Say something short")
            page.replied(1)

            assert page.texts() == ["Say something short", "All right."]
            # Untold, it would have spoken itself.
            for told in ("session.updated", "response.output_text.done"):
                events = f'[data-testid=event][data-direction=server][data-type="{told}"]'
                expect(page.page.locator(events).first).to_be_attached()
            assert server.refused == refused
            page.close()
