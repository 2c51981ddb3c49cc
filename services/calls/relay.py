"""Carries one call between a browser and its provider, event by event.

Three threads have one duty each: the one that calls `run` hands on what the browser says, a second
one takes in what the provider says, a third one writes that to the browser as fast as it reads.
"""

from __future__ import annotations

import logging
import threading
import time

from services.calls.outbox import Goodbye, Outbox
from services.calls.relay_events import (
    ALIVE,
    RESTART,
    SessionSetup,
    error_event,
    goodbye_after,
    goodbye_like,
    is_sound,
    refusal_in,
    usage_in,
)
from services.calls.relay_sides import Browser, BrowserGone, Line
from services.errors import (
    AssistantError,
    CallEnded,
    ProviderEnded,
    ProviderUnavailable,
    StorageUnavailable,
)
from services.upstream.call_socket import CallSocket, SocketEnded

OPEN_SECONDS = 9.0
"""Until the provider has said its first word."""
SETTLE_SECONDS = 3.0
"""Until it has said something about the session; not all servers do."""
QUIET_SECONDS = 5.0
"""After this long without a word the provider is pinged, and the browser gets a sign of life."""
WATCH_SECONDS = 15.0
"""Between two looks at the book: the call may have been ended elsewhere, or its time be over."""
GOODBYE_SECONDS = 2.0
"""For a browser to answer our last frame."""

log = logging.getLogger(__name__)


class Relay:
    """One call, from the open socket of a browser to its end."""

    def __init__(self, browser: Browser, line: Line) -> None:
        """Do nothing yet."""
        self._browser = browser
        self._line = line
        self._outbox = Outbox()
        self._was_heard = False
        self._browser_is_done = threading.Event()

    def run(self) -> None:
        """Carry the call until one side ends it; both are closed then."""
        threads = [threading.Thread(target=self._write, name="relay-write")]
        upstream = None
        try:
            threads[0].start()
            upstream = self._open()
            if upstream is not None:
                threads.append(
                    threading.Thread(target=self._listen, args=(upstream,), name="relay-listen")
                )
                threads[1].start()
            self._browser.read(lambda event: self._hand_on(event, upstream))
        finally:
            self._browser_is_done.set()
            self._browser.cut()
            self._outbox.end(Goodbye(1000, ""), at_once=True)
            if upstream is not None:
                upstream.close()
            for thread in threads:
                thread.join()
            self._line.close(was_connected=upstream is not None)

    def stop(self) -> None:
        """End the call since this process ends; may be called from a signal handler."""
        self._outbox.end(RESTART, at_once=True)

    def _open(self) -> CallSocket | None:
        """Connect to the provider and apply the session; None after a failure, which is told."""
        begun = time.monotonic()
        upstream = None
        try:
            upstream = self._line.connect()
            self._set_up(upstream, begun + OPEN_SECONDS)
            return upstream
        except SocketEnded as error:
            failure: AssistantError = _unanswered(f"closed at once: {error}")
        except AssistantError as error:
            failure = error
        if upstream is not None:
            upstream.close()
        # Before the browser hears of it, as it may try again at once.
        self._line.close(was_connected=False)
        self._fail(failure)
        return None

    def _set_up(self, upstream: CallSocket, deadline: float) -> None:
        """Wait until the session is as wished, before any word of the browser passes."""
        first = upstream.receive(max(1.0, deadline - time.monotonic()))
        if first is None:
            raise _unanswered("no first event")
        refusal = refusal_in(first)
        if refusal is not None:
            raise self._line.refusal(*refusal)
        self._outbox.put(first)
        setup = SessionSetup(self._line.session)
        upstream.send(setup.update())
        patience = time.monotonic() + SETTLE_SECONDS
        while not setup.is_settled and (left := patience - time.monotonic()) > 0:
            event = upstream.receive(left)
            if event is None:
                return
            less = setup.hear(event)
            if less is None:
                self._outbox.put(event)
            else:
                upstream.send(less)

    def _hand_on(self, event: str, upstream: CallSocket | None) -> None:
        """Send an event of the browser; waits as long as the provider lets it wait."""
        self._was_heard = True
        if upstream is None or self._outbox.is_over:
            return
        try:
            upstream.send(event)
        except SocketEnded:
            # The thread that listens tells it, after the provider's last words. One that just takes
            # nothing any more has to be closed, so that it notices.
            upstream.close()

    def _listen(self, upstream: CallSocket) -> None:
        """Take in what the provider says, until it or the book ends the call."""
        next_watch = time.monotonic() + WATCH_SECONDS
        last = ""
        try:
            while not self._outbox.is_over:
                event = upstream.receive(QUIET_SECONDS)
                if event is not None:
                    last = event
                    self._pass_on(event)
                if time.monotonic() >= next_watch:
                    self._watch()
                    next_watch = time.monotonic() + WATCH_SECONDS
            # It has ended on this side; what the provider still says would be paid for, too.
            upstream.close()
        except SocketEnded as end:
            if end.code not in (1000, 1001):
                log.warning("provider: the WebSocket of a call was closed: %s", end)
            told = len(last) < 2000 and refusal_in(last) is not None
            ended = ProviderEnded(
                "The provider ended this call. What was said is kept; tap to go on."
            )
            self._outbox.end(goodbye_like(end.code), None if told else error_event(ended))
        except AssistantError as error:
            self._fail(error)
        except Exception as error:  # the border of a thread
            log.error("unexpected %s", type(error).__name__, exc_info=error)
            self._fail(AssistantError("This is a mistake of ours. It was written down."))

    def _pass_on(self, event: str) -> None:
        """Let an event wait for the browser; what it tells of use is not left to the browser."""
        voice = is_sound(event)
        used = None if voice else usage_in(event)
        if used is not None:
            self._line.note(used)  # first, as the browser asks for the cost once it hears of it
        self._outbox.put(event, is_sound=voice)

    def _watch(self) -> None:
        was_heard, self._was_heard = self._was_heard, False
        try:
            self._line.watch(was_heard=was_heard)
        except StorageUnavailable as error:
            log.warning("relay: the call is not looked up this time: %s", error)

    def _write(self) -> None:
        """Write to the browser what waits for it, and the goodbye at the end."""
        try:
            while not isinstance(event := self._outbox.take(QUIET_SECONDS), Goodbye):
                self._browser.send(ALIVE if event is None else event)
            self._browser.close(event.code, event.reason)
            self._browser_is_done.wait(GOODBYE_SECONDS)
        except BrowserGone as error:
            log.info("relay: the browser is gone: %s", error)
        finally:
            if self._outbox.dropped:
                log.info("relay: %d pieces of sound were dropped", self._outbox.dropped)
            self._browser.cut()

    def _fail(self, error: AssistantError) -> None:
        if not isinstance(error, CallEnded):
            log.warning("relay: %s: %s", error.code, error)
        self._outbox.end(goodbye_after(error), error_event(error))


def _unanswered(why: str) -> ProviderUnavailable:
    log.warning("provider: %s", why)
    return ProviderUnavailable("The voice service does not answer. Try again in a moment.")
