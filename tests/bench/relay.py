"""relay_sockets: how many relayed calls the web program holds, and what each of them takes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.bench.child import service
from tests.bench.echo_provider import APPEND
from tests.bench.figures import percentiles
from tests.running import RunningApp
from tests.test_bad_requests import Visitor

WORKERS = 2
WARM = 64
TALKING = 8
"""Calls that carry sound both ways at once, for the load of each."""
FRAME_SECONDS = 0.04
FRAME = "A" * 2560
"""40 ms of 24 kHz, 16 bit, as base64."""
TALK_SECONDS = 8.0
PAIRS = 150
HEARTBEAT_SECONDS = 20.0


def measure_relay(folder: Path) -> dict[str, object]:
    """Open sockets until there is no room, then talk over a few."""
    with (
        service("echo_provider") as url,
        RunningApp(folder, ENGINE_URL=url, WEB_CONCURRENCY=str(WORKERS), LOG_LEVEL="ERROR") as app,
    ):
        return {"relay_sockets": asyncio.run(_measure(url, app))}


async def _measure(url: str, app: RunningApp) -> dict[str, object]:
    visitor = Visitor(app)
    # Whatever is loaded or opened once is there before it is counted.
    for socket in [await relayed(visitor) for _ in range(WARM)]:
        await socket.close()
    added = await added_ms(url, visitor)
    load = await cpu_percent(app, visitor)
    before = memory_kb(app)
    sockets: list[ClientConnection] = []
    pages = asyncio.create_task(stay(sockets))
    await fill(visitor, sockets)
    each = (memory_kb(app) - before) / len(sockets)
    pages.cancel()
    # All of them are still good.
    for socket in sockets:
        await ask(socket, "0")
        await socket.close()
    return {
        "sockets": len(sockets),
        "kB_each": round(each),
        "talking_cpu_percent_each": load,
        "added_ms": added,
    }


async def relayed(visitor: Visitor) -> ClientConnection:
    """Open one call, up to its session."""
    call = await asyncio.to_thread(lambda: visitor.mint(transport="websocket"))
    socket = await connect(
        visitor.app.url.replace("http", "ws") + call["relay_url"],
        additional_headers={name: visitor.headers[name] for name in ("Origin", "Cookie")},
        compression=None,
        proxy=None,
        max_queue=None,
    )
    for kind in ("session.created", "session.updated"):
        assert kind in str(await socket.recv())
    return socket


async def fill(visitor: Visitor, sockets: list[ClientConnection]) -> None:
    """Open as many as there is room for; a full worker says 503, and another one may have room."""
    refusals = 0
    while refusals < 20 * WORKERS:
        try:
            sockets.append(await relayed(visitor))
        except InvalidStatus as error:
            assert error.response.status_code == 503, error
            refusals += 1


async def stay(sockets: list[ClientConnection]) -> None:
    """Be heard of, as a page is; a call in perfect silence is ended after a minute."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for socket in tuple(sockets):
            await socket.send('{"type":"heartbeat"}')


async def ask(socket: ClientConnection, number: str) -> float:
    """Send a frame of sound; give the seconds until it comes back."""
    begun = time.perf_counter()
    await socket.send(f'{APPEND}{FRAME}","n":"{number}"}}')
    while f'"n":"{number}"' not in str(await socket.recv()):
        pass  # a sign of life
    return time.perf_counter() - begun


async def added_ms(url: str, visitor: Visitor) -> dict[str, float]:
    """Compare a frame's way there and back with that to the provider itself, pair by pair."""
    direct = await connect(url.replace("http", "ws") + "/v1/realtime", compression=None, proxy=None)
    await direct.recv()
    through = await relayed(visitor)
    pairs = [(await ask(direct, f"{n}"), await ask(through, f"{n}")) for n in range(PAIRS)]
    await direct.close()
    await through.close()
    return percentiles([1000 * (ours - theirs) for theirs, ours in pairs], digits=2)


async def cpu_percent(app: RunningApp, visitor: Visitor) -> float:
    """Let some calls carry sound both ways; give the share of a core that each takes."""
    sockets = [await relayed(visitor) for _ in range(TALKING)]
    before, begun = cpu_seconds(app), time.perf_counter()
    await asyncio.gather(*(_talk(socket) for socket in sockets))
    used, seconds = cpu_seconds(app) - before, time.perf_counter() - begun
    for socket in sockets:
        await socket.close()
    return round(100 * used / seconds / TALKING, 2)


async def _talk(socket: ClientConnection) -> None:
    async def listen() -> None:
        async for _ in socket:
            pass

    listener = asyncio.create_task(listen())
    begun = time.perf_counter()
    for number in range(int(TALK_SECONDS / FRAME_SECONDS)):
        await asyncio.sleep(max(0.0, begun + number * FRAME_SECONDS - time.perf_counter()))
        await socket.send(f'{APPEND}{FRAME}"}}')
    listener.cancel()


def cpu_seconds(app: RunningApp) -> float:
    """What the web program has used so far."""
    return sum(sum(process.cpu_times()[:2]) for process in app.processes())


def memory_kb(app: RunningApp) -> float:
    """What the web program takes of the machine; pages that its processes share count once."""
    return sum(process.memory_full_info().pss for process in app.processes()) / 1024


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        print(measure_relay(Path(name) / "relay"))
