"""tts_overhead_ratio, tts_streams: what the web program adds to a voice, how many it carries."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.child import service
from tests.bench.figures import percentiles
from tests.bench.paced_voice import PIECE, PIECE_SECONDS
from tests.running import RunningApp
from tests.test_bad_requests import Visitor

PAIRS = 60
STEPS = (16, 32, 64, 96, 128, 160, 192, 224)
"""Streams at once that are tried, one number after the other, until there is a gap."""
STREAM_PIECES = 40
LONGEST_GAP_SECONDS = 0.1


@dataclass(frozen=True)
class Target:
    """Something that can be asked to speak."""

    url: str
    path: str
    field: str
    headers: dict[str, str]


def measure_speech(folder: Path) -> dict[str, object]:
    """Ask a paced voice directly and through the web program."""
    with (
        service("paced_voice") as url,
        RunningApp(folder, ENGINE_URL=url, WEB_CONCURRENCY="2", LOG_LEVEL="WARNING") as app,
    ):
        direct = Target(url, "/v1/audio/speech", "input", {"Content-Type": "application/json"})
        through = Target(app.url, "/api/realtime/tts", "text", Visitor(app).headers)
        added, ratio = asyncio.run(overhead(direct, through))
        return {
            "tts_overhead_ratio": ratio,
            "tts_overhead_ms": added,
            "tts_streams": asyncio.run(most_streams(through)),
        }


async def overhead(direct: Target, through: Target) -> tuple[dict[str, float], dict[str, float]]:
    """Compare the times to the first byte, pair by pair, over kept connections."""
    pairs: list[tuple[float, float]] = []
    async with Asker(direct) as one, Asker(through) as other:
        for number in range(-3, PAIRS):
            times = (
                await one.first_byte(f"1 piece {number}"),
                await other.first_byte(f"1 piece {number}"),
            )
            # The first ones open connections, and the web program asks for the voices' names.
            pairs += [times] if number >= 0 else []
    ratios = percentiles([100 * ours / theirs for theirs, ours in pairs])
    added = percentiles([1000 * (ours - theirs) for theirs, ours in pairs])
    return added, ratios | {name: round(ratios[name] / 100, 3) for name in ("p50", "p95")}


async def most_streams(target: Target) -> int:
    """Find how many streams run without a gap."""
    most = 0
    for count in STEPS:
        gaps = await asyncio.gather(*(late(target, number, count) for number in range(count)))
        if max(gaps) > LONGEST_GAP_SECONDS:
            break
        most = count
    return most


async def late(target: Target, number: int, count: int) -> float:
    """Play one stream; give the longest silence of a listener who does not wait beforehand."""
    # All begin within a second, as people do.
    await asyncio.sleep(number / count)
    async with Asker(target) as asker:
        await asker.ask(f"{STREAM_PIECES} pieces, stream {number} of {count}")
        received, worst, begun = 0, 0.0, None
        async for size in asker.sizes():
            now = time.perf_counter()
            begun = begun or now
            worst = max(worst, now - begun - received / len(PIECE) * PIECE_SECONDS)
            received += size
        assert received == STREAM_PIECES * len(PIECE), received
        return worst


class Asker:
    """One connection, which is kept between requests."""

    def __init__(self, target: Target) -> None:
        """Do not connect yet."""
        self._target = target

    async def __aenter__(self) -> Asker:
        """Connect."""
        at = urlsplit(self._target.url)
        self._reader, self._writer = await asyncio.open_connection(at.hostname, at.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, text: str) -> None:
        """Send a request and read the head of the answer."""
        target = self._target
        wish = {target.field: text} | (
            {"response_format": "pcm"} if target.field == "input" else {}
        )
        body = json.dumps(wish).encode()
        headers = {"Host": urlsplit(target.url).netloc, "Authorization": "Bearer none"}
        headers |= target.headers | {"Content-Length": str(len(body))}
        lines = [f"POST {target.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head, head

    async def sizes(self):
        """Read the body; give the size of each chunk as it comes."""
        while size := int(await self._reader.readline(), 16):
            await self._reader.readexactly(size + 2)
            yield size
        await self._reader.readexactly(2)

    async def first_byte(self, text: str) -> float:
        """Give the seconds from the request to the first sound."""
        begun = time.perf_counter()
        await self.ask(text)
        times = [time.perf_counter() async for _ in self.sizes()]
        return times[0] - begun
