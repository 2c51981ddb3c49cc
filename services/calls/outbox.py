"""What waits for a browser that reads more slowly than its provider speaks; never much.

Sound that does not fit pushes out the oldest sound: the ear misses something, the text is whole.
Text that does not fit ends the call.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass

SOUND_LIMIT = 4_000_000
"""Characters of sound that may wait: a minute of it, as base64 of 24 kHz 16 bit."""
TEXT_LIMIT = 1_000_000
"""Characters of other events that may wait; one more event is taken on top, however long."""


@dataclass(frozen=True)
class Goodbye:
    """How a socket is closed."""

    code: int
    """As in https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number"""
    reason: str


TOO_SLOW = Goodbye(1013, "this browser reads too slowly")


class Outbox:
    """Filled by one thread, emptied by another; ends once."""

    def __init__(self) -> None:
        """Begin empty."""
        self._changed = threading.Condition()
        self._waiting: OrderedDict[int, str] = OrderedDict()
        self._sounds: deque[int] = deque()
        self._count = 0
        self._sound_size = 0
        self._text_size = 0
        self._goodbye: Goodbye | None = None
        self.dropped = 0
        """Pieces of sound that were pushed out."""

    def put(self, event: str, *, is_sound: bool = False) -> None:
        """Let an event wait for its turn; after the end nothing is taken any more."""
        with self._changed:
            if self._goodbye is not None:
                return
            self._count += 1
            self._waiting[self._count] = event
            if is_sound:
                self._sounds.append(self._count)
                self._sound_size += len(event)
                self._drop_old_sound()
            elif self._text_size > TEXT_LIMIT:
                self._end(TOO_SLOW, at_once=True)
            else:
                self._text_size += len(event)
            self._changed.notify()

    def end(self, goodbye: Goodbye, last: str | None = None, *, at_once: bool = False) -> None:
        """Close after what waits and a last event, or forget all that and close at once.

        The first end counts.
        """
        with self._changed:
            if self._goodbye is None and last is not None:
                self._count += 1
                self._waiting[self._count] = last
                self._text_size += len(last)
            self._end(goodbye, at_once=at_once)
            self._changed.notify()

    def take(self, seconds: float) -> str | Goodbye | None:
        """Give what comes next; None: nothing came in this time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting or self._goodbye, seconds):
                return None
            if not self._waiting:
                return self._goodbye
            number, event = self._waiting.popitem(last=False)
            if self._sounds and self._sounds[0] == number:
                self._sounds.popleft()
                self._sound_size -= len(event)
            else:
                self._text_size -= len(event)
            return event

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is taken."""
        return self._goodbye is not None

    def _drop_old_sound(self) -> None:
        while self._sound_size > SOUND_LIMIT and len(self._sounds) > 1:
            self._sound_size -= len(self._waiting.pop(self._sounds.popleft()))
            self.dropped += 1

    def _end(self, goodbye: Goodbye, *, at_once: bool) -> None:
        if self._goodbye is None:
            self._goodbye = goodbye
        if at_once:
            self._waiting.clear()
            self._sounds.clear()
