"""A worker is killed while it reads aloud: the page asks again, and all of it is heard."""

from __future__ import annotations

import psutil
import pytest
from playwright.sync_api import expect

from tests import speech
from tests.browser.cloud_page import notice
from tests.browser.waiting_words import expect_failed_requests, exported, kept

STORY = (
    "First we rest a while in the shade. Then I cough a little and drink some water. "
    "At the end we all go home."
)
SECONDS_PER_WORD = 0.150


def test_a_reply_is_heard_to_its_end_although_its_worker_was_killed(
    app_with, silent_browser, open_page
):
    app = app_with("telling.toml")
    page = open_page(silent_browser, app, record=True).prefer(mode="text", transport="webrtc")
    page.open()
    page.type("Tell me a story")
    page.loud("remote")

    for worker in psutil.Process(app.process.pid).children():
        if "services.engine" not in worker.cmdline():
            worker.kill()

    assert page.replied(1) == STORY
    page.state_is("listening")
    kept(page.page, 0)
    expect(notice(page, "speech-changed")).to_have_count(0)
    spoken = sum(end - begin for begin, end in speech.loud_spans(page.recording().remote, gap=0.1))
    assert spoken / SECONDS_PER_WORD == pytest.approx(len(STORY.split()), abs=3)
    assert exported(page, page.conversation_id) == ["Tell me a story", STORY]
    expect_failed_requests(page)
