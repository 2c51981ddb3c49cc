"""What a test's client was told, and waiting for more of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

EVENT_SECONDS = 40.0

Event = dict[str, Any]


class EventLog:
    """The events of one connection, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, **event: Any) -> None:
        """Send a client event."""
        raise NotImplementedError

    def type_words(self, text: str) -> None:
        """Send a typed turn and ask for the answer."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        self.send(type="conversation.item.create", item=item)
        self.send(type="response.create")

    async def event(
        self, kind: str, *, after: int = 0, where: Callable[[Event], bool] = lambda _: True
    ) -> Event:
        """Wait for an event of a kind, the first one after the first `after` events."""

        def found() -> Event | None:
            return next(
                (one for one in self.events[after:] if one["type"] == kind and where(one)), None
            )

        async def wait() -> Event:
            async with self._news:
                await self._news.wait_for(found)
            event = found()
            assert event
            return event

        try:
            return await asyncio.wait_for(wait(), EVENT_SECONDS)
        except TimeoutError:
            seen = [one["type"] for one in self.events[after:]]
            raise AssertionError(f"no {kind} came, but {seen}") from None

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true that changes with what comes."""

        async def wait() -> None:
            async with self._news:
                await self._news.wait_for(condition)

        await asyncio.wait_for(wait(), EVENT_SECONDS)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
