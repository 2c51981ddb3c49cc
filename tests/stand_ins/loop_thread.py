"""An event loop in a thread of its own, for servers that tests talk with."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

SECONDS = 10.0
"""For whatever is awaited from outside."""


class LoopThread:
    """Runs from `start` to `stop`."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name)
        self._spawned: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Let the loop do something and wait for it; not from within."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)

    def call(self, what: Callable[[], None]) -> None:
        """Let the loop do something soon."""
        self.loop.call_soon_threadsafe(what)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, from within the loop."""
        task = self.loop.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)

    async def end_server(self, server: asyncio.Server, abort: Callable[[], None]) -> None:
        """Let nobody in any more, end all that goes on, close; from within the loop.

        Who was let in just now has a task that knows of no writer yet, so `abort` comes again and
        again until there is none. The server is closed last: one that is closed before such a task
        begins leaves its socket open.
        Source: https://github.com/python/cpython/issues/109564
        """
        for listener in server.sockets:
            self.loop.remove_reader(listener.fileno())
        while asyncio.all_tasks() - {asyncio.current_task()}:
            abort()
            await asyncio.sleep(0)
        server.close()

    def stop(self) -> None:
        """Finish what was spawned, give up all else, end."""
        self.run(self._finish())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(SECONDS)
        self.loop.close()

    async def _finish(self) -> None:
        await asyncio.gather(*self._spawned)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.loop.shutdown_asyncgens()
        await self.loop.shutdown_default_executor()
