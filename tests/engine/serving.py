"""A real engine server in this process, with scripted stages, for tests that call it."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from services.engine.backends.scripted import load_script
from services.engine.config import EngineConfig
from services.engine.http import RUNNING, Running
from services.engine.server import create_server
from tests.engine.caller import Caller

KEY = "the-server-key"


@dataclass
class Serving:
    """A running engine and a client for its HTTP routes."""

    url: str
    running: Running
    http: aiohttp.ClientSession

    def call(self, *, direction: str = "sendrecv", **session: Any) -> Caller:
        """Make a call; use as an asynchronous context."""
        return Caller(self.url, KEY, session, direction=direction)

    @property
    def open_calls(self) -> int:
        """How many calls are open."""
        assert self.running.calls is not None
        return len(self.running.calls)

    async def mint(self, session: Any = None, **body: Any) -> str:
        """Get a browser's key."""
        body |= {"session": {"type": "realtime"} | (session or {})}
        async with self.http.post("/v1/realtime/client_secrets", json=body) as answer:
            assert answer.status == 200, await answer.text()
            value: str = (await answer.json())["value"]
            return value

    async def until_calls(self, count: int) -> None:
        """Wait until so many calls are open."""

        async def wait() -> None:
            while self.open_calls != count:  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.01)

        await asyncio.wait_for(wait(), 10)

    async def until_all_ended(self) -> None:
        """Wait until no call is open and nothing is left of those that were."""
        await self.until_calls(0)
        assert self.running.calls is not None
        # A call that is being closed is not counted any more.
        await asyncio.wait_for(asyncio.gather(*self.running.calls._endings), 10)


@asynccontextmanager
async def serving(
    tmp_path: Path, script: str = "", *, ready: bool = True, **config: Any
) -> AsyncIterator[Serving]:
    """Serve on a free port; `script` is TOML."""
    tomllib.loads(script)
    file = tmp_path / "script.toml"
    file.write_text(script, encoding="utf-8")
    app = create_server(EngineConfig(**{"api_key": KEY} | config))
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    if ready:
        app[RUNNING].begin(load_script(file))
    headers = {"Authorization": f"Bearer {KEY}"}
    try:
        async with aiohttp.ClientSession(url, headers=headers) as http:
            yield Serving(url, app[RUNNING], http)
    finally:
        await runner.cleanup()
