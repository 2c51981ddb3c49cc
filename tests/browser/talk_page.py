"""The talk page as a person uses it, in the words of the contract's hooks."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.speech import RATE, Sound, to_wav

HERE = Path(__file__).parent
PATIENCE_MS = 20_000
"""How long a reply may take on a busy machine."""


@dataclass(frozen=True)
class Recording:
    """What was heard since the last recording, on one clock."""

    begin: float
    """Seconds on the recorder's clock."""
    mic: Sound
    remote: Sound


class TalkPage:
    """One browser window on the talk page."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        record: bool = False,
        scripts: Sequence[str] = (),
        **context: object,
    ) -> None:
        """Open a window.

        Args:
            browser: that it belongs to.
            url: where the program is.
            record: listen to microphone and reply. Without the page's Content-Security-Policy,
                since a recorder is a worklet, which only a script of the page's own could be.
            scripts: put into the page before its own: files beside this one, or their text.
            context: for the browser's context (viewport, colour scheme …).
        """
        self.url = url
        self._record = record
        self.context = browser.new_context(bypass_csp=record, **context)  # type: ignore[arg-type]
        for script in ("played.js", *scripts, "probe.js"):
            text = (HERE / script).read_text("utf-8") if script.endswith(".js") else script
            self.context.add_init_script(text)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        """Console errors and warnings, page errors, requests to other hosts."""
        self._taken = 0.0
        self._watch()

    def _watch(self) -> None:
        host = urlsplit(self.url).netloc

        def console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(f"console {message.type}: {message.text}")

        def request(url: str) -> None:
            if (
                urlsplit(url).scheme in ("http", "https", "ws", "wss")
                and urlsplit(url).netloc != host
            ):
                self.complaints.append(f"request to another host: {url}")

        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", lambda found: request(found.url))

    def open(self, path: str = "/") -> TalkPage:
        """Load the page."""
        self.page.goto(self.url + path)
        expect(self.call).to_be_visible()
        if self._record:
            worklet = base64.b64encode((HERE / "probe_worklet.js").read_bytes()).decode()
            self.page.evaluate("url => probe.start(url)", f"data:text/javascript;base64,{worklet}")
        return self

    @property
    def call(self) -> Locator:
        """The element that carries the state."""
        return self.page.locator("#call")

    @property
    def conversation_id(self) -> str:
        """Of the conversation that the page shows."""
        # The address changes once the first turn is stored.
        self.page.wait_for_url(re.compile(r"/conversations/[\w-]{16,}$"), wait_until="commit")
        found = self.page.url.rsplit("/", 1)[-1]
        return found

    def part(self, name: str) -> Locator:
        """An element by its data-testid."""
        return self.page.get_by_test_id(name)

    def turns(self, role: str = "", *, final: bool | None = None) -> Locator:
        """Rows of the conversation."""
        selector = "[data-testid=turn]"
        if role:
            selector += f'[data-role="{role}"]'
        if final is not None:
            selector += f'[data-final="{str(final).lower()}"]'
        return self.page.locator(f"#turns {selector}")

    def texts(self, role: str = "") -> list[str]:
        """What the rows say."""
        return [text.strip() for text in self.turns(role).locator(".turn-text").all_inner_texts()]

    def state_is(self, *states: str, timeout: float = PATIENCE_MS) -> None:
        """Wait until the call is in one of these states."""
        pattern = re.compile("^(" + "|".join(states) + ")$")
        expect(self.call).to_have_attribute("data-state", pattern, timeout=timeout)

    def connect(self) -> TalkPage:
        """Tap the orb and wait until the line is open."""
        self.part("connect").click()
        self.state_is("listening", "user-speaking", "thinking", "speaking")
        return self

    def disconnect(self) -> None:
        """End the call."""
        self.part("disconnect").click()
        self.state_is("ended", "idle")

    def prefer(self, **settings: object) -> TalkPage:
        """Store settings of this window's user, as the settings page does."""
        self._visit()
        answer = self.context.request.post(
            f"{self.url}/settings", data=settings, headers={"Origin": self.url}
        )
        assert answer.ok, answer.text()
        return self

    def preferences(self) -> dict[str, Any]:
        """All settings that are stored for this window's user."""
        self._visit()
        headers = {"Accept": "application/json"}
        return self.context.request.get(f"{self.url}/settings", headers=headers).json()

    def _visit(self) -> None:
        """The first answer brings the cookie that says who this is."""
        if not self.context.cookies():
            self.context.request.get(self.url)

    def switch(self, mode: str) -> None:
        """Choose a mode in the page, whether or not a call is live."""
        self.part(f"mode-{mode}").click()
        expect(self.call).to_have_attribute("data-mode", mode, timeout=PATIENCE_MS)

    def say(self, sound: Sound) -> None:
        """Speak into the room (room.js); returns when it begins."""
        wav = base64.b64encode(to_wav(sound)).decode()
        self.page.evaluate("wav => { window.said = room.say(wav) }", wav)

    def recognize(self, words: str) -> None:
        """Let the scripted recogniser hear a sentence, word by word."""
        self.page.evaluate("words => recognizer.say(words)", words)

    def sent_audio(self) -> dict[str, int]:
        """What has left this window as sound over WebRTC: packets, bytes, tracks."""
        return self.page.evaluate("probe.sentAudio()")

    def type(self, text: str) -> None:
        """Send a typed message."""
        self.part("composer").fill(text)
        self.part("send").click()

    def replied(self, count: int = 1, *, timeout: float = PATIENCE_MS) -> str:
        """Wait until there are this many finished replies; gives the last one's text."""
        expect(self.turns("assistant", final=True)).to_have_count(count, timeout=timeout)
        return self.texts("assistant")[-1]

    def heard(self, count: int = 1, *, timeout: float = PATIENCE_MS) -> None:
        """Wait until this many replies of this window were played to their end."""
        self.page.evaluate("a => probe.seen(...a)", ["output_audio_buffer.stopped", count, timeout])

    def loud(self, stream: str, *, after: float = 0.0, timeout: float = PATIENCE_MS) -> float:
        """Wait until `mic` or `remote` is loud after a moment; gives seconds on that clock."""
        return self.page.evaluate("a => probe.loud(...a)", [stream, after, timeout])

    def begun(self, stream: str, *, after: float, timeout: float = PATIENCE_MS) -> float:
        """Wait until a sound begins in `mic` or `remote`; gives when, on the recorder's clock."""
        return self.page.evaluate("a => probe.begun(...a)", [stream, after, timeout])

    def silent(self, stream: str, *, seconds: float, timeout: float = PATIENCE_MS) -> float:
        """Wait until a stream has been silent for some time."""
        return self.page.evaluate("a => probe.silent(...a)", [stream, seconds, timeout])

    def wait_until(self, moment: float) -> None:
        """Wait for a moment on the recorder's clock."""
        self.page.evaluate("moment => probe.at(moment)", moment)

    def now(self) -> float:
        """Seconds on the recorder's clock."""
        return self.page.evaluate("probe.now")

    def recording(self) -> Recording:
        """Take what was recorded since the last time."""
        taken = self.page.evaluate("probe.take()")
        mic, remote = (_decode(taken[name]) for name in ("mic", "remote"))
        begin, self._taken = self._taken, self._taken + len(mic) / RATE
        return Recording(begin, mic, remote)

    def close(self) -> None:
        """Close the window; anything that the page complained about fails the test."""
        self.complaints += (
            self.page.evaluate("probe.violations") if not self.page.is_closed() else []
        )
        self.context.close()
        assert not self.complaints, self.complaints


def _decode(text: str) -> Sound:
    return (np.frombuffer(base64.b64decode(text), dtype="<i2") / 32768).astype(np.float32)
