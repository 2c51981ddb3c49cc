"""The calls that are open: each is closed to its end, whoever asked for it."""

import asyncio
from typing import Any

import pytest

from services.engine.backends.scripted import load_script
from services.engine.calls import Calls
from services.engine.protocol.config import SessionConfig


class SlowSocket:
    """A line that takes its time to close."""

    carries_audio_events = True

    def __init__(self):
        self.is_closing, self.may_close = asyncio.Event(), asyncio.Event()
        self.is_closed = False

    def attach(self, owner):
        self.call_id = owner.id

    async def run(self):
        pass

    async def close(self):
        self.is_closing.set()
        await self.may_close.wait()
        self.is_closed = True


def test_a_call_is_closed_although_who_hung_up_does_not_wait_for_it(tmp_path):
    (tmp_path / "script.toml").write_text("")

    async def leave():
        calls = Calls(load_script(tmp_path / "script.toml"), 1)
        socket: Any = SlowSocket()
        await calls.carry(SessionConfig.default("any", "any"), socket)
        asking = asyncio.create_task(calls.hang_up(socket.call_id))
        await asyncio.wait_for(socket.is_closing.wait(), 10)

        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        socket.may_close.set()
        await calls.close()

        assert socket.is_closed
        assert len(calls) == 0

    asyncio.run(leave())
