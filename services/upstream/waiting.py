"""Waits for an upstream, never past a deadline and never for somebody who has left.

A connection of the pool asks here before each read and write. So the thread that reads also sees
its own listener leave, whatever the upstream is doing at that moment, and no second thread has to
watch it.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from services.errors import ListenerLeft


class Listener(Protocol):
    """Whoever an answer of an upstream is meant for."""

    def fileno(self) -> int:
        """Give a file descriptor that becomes readable when the listener leaves."""
        ...

    def has_left(self) -> bool:
        """See whether it has; never blocks."""
        ...


class OutOfTime(Exception):
    """The deadline has passed; the adapter translates it."""


class Wait:
    """How long a thread may wait for an upstream, and for whom."""

    def __init__(self, seconds: float, listener: Listener | None, outer: Wait | None) -> None:
        """Begin to count now; what an outer one limits stays limited."""
        self._deadline = time.monotonic() + seconds
        self._listener = listener
        if outer is not None:
            self._deadline = min(self._deadline, outer._deadline)
            self._listener = listener or outer._listener

    @property
    def left(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self._deadline - time.monotonic()

    def pause(self, seconds: float) -> None:
        """Let time pass, but not longer than somebody waits for what comes then.

        Raises:
            ListenerLeft: nobody does any more.
        """
        listener = self._listener
        end = time.monotonic() + seconds
        ready = select.poll()
        if listener is not None:
            ready.register(listener.fileno(), select.POLLIN)
        while (left := end - time.monotonic()) > 0:
            if ready.poll(1000 * left) and listener is not None:
                if listener.has_left():
                    raise _left()
                ready.unregister(listener.fileno())

    def until(self, connection: int, event: int) -> float:
        """Wait until a file descriptor is ready; give the seconds that are left.

        Raises:
            OutOfTime: the deadline has passed.
            ListenerLeft: nobody waits for this any more.
        """
        ready = select.poll()
        ready.register(connection, event)
        listener = self._listener
        if listener is not None:
            ready.register(listener.fileno(), select.POLLIN)
        while True:
            left = self.left
            found = dict(ready.poll(max(0.0, 1000 * left)))
            if listener is not None and listener.fileno() in found:
                if listener.has_left():
                    raise _left()
                # It has sent something ahead of time, which would wake us again and again.
                ready.unregister(listener.fileno())
                listener = None
            if connection in found:
                return max(left, 0.001)
            if left <= 0:
                raise OutOfTime


def _left() -> ListenerLeft:
    return ListenerLeft("Nobody waits for this answer any more.")


_wait: ContextVar[Wait | None] = ContextVar("wait", default=None)


def current_wait() -> Wait | None:
    """Give what limits this thread now; None: only the time-outs of the client do."""
    return _wait.get()


@contextmanager
def waiting(seconds: float, listener: Listener | None) -> Iterator[None]:
    """Limit all reads and writes of this thread inside the `with`, which may be nested.

    Args:
        seconds: for all of them together.
        listener: for whom; None leaves it to an outer `with`, if there is one.

    Raises:
        OutOfTime: they took longer than this altogether.
        ListenerLeft: the listener has left meanwhile.
    """
    token = _wait.set(Wait(seconds, listener, _wait.get()))
    try:
        yield
    finally:
        _wait.reset(token)
