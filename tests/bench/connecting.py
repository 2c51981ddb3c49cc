"""connect_ms: click → data channel open. first_load_kb: bytes of a first visit."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from tests import speech
from tests.bench.figures import percentiles
from tests.browser.chromium import launch
from tests.browser.talk_page import TalkPage
from tests.running import RunningApp

CALLS = 20


def measure_connect(
    playwright: Playwright, program: str, app: RunningApp, folder: Path
) -> dict[str, object]:
    """Connect again and again, as a person does: move to the orb, then click it."""
    microphone = speech.microphone_file(folder / "silence.wav", speech.silence(1))
    with launch(playwright, program, microphone) as browser:
        page = TalkPage(browser, app.url).open()
        for _ in range(CALLS):
            page.part("composer").hover()
            minted = page.page.expect_response("**/api/realtime/session", timeout=5_000)
            with minted:
                page.part("connect").hover()
            page.connect()
            page.disconnect()
        times = page.page.evaluate(
            'performance.getEntriesByName("vivavoce:connect").map((entry) => entry.duration)'
        )
        page.close()
    return {"connect_ms": percentiles(times)}


def measure_first_load(playwright: Playwright, program: str, app: RunningApp) -> dict[str, object]:
    """Count what comes over the wire, headers included, until the network is quiet."""
    received = 0

    def count(event: dict) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    with launch(playwright, program) as browser:
        page = TalkPage(browser, app.url)
        network = page.context.new_cdp_session(page.page)
        network.on("Network.loadingFinished", count)
        network.send("Network.enable")
        page.page.goto(app.url, wait_until="networkidle")
        page.close()
    return {"first_load_kb": round(received / 1000, 1)}
