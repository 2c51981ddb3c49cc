"""The official `openai` package talks with the engine over its WebSocket as with its own server."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI
from websockets.exceptions import ConnectionClosedError

from tests.engine.serving import KEY, serving
from tests.engine.socket_caller import RATE, silence, tone

MODEL = "vivavoce-engine"
EVENT_SECONDS = 20
SCRIPT = """
[[transcriber.utterances]]
text = "Tell me a story."
[[thinker.rules]]
match = "story"
reply = "Once upon a time there was a king. He had three sons. They all went away. And then?"
[[thinker.rules]]
match = "what do you know"
reply = "{context}"
[[thinker.rules]]
match = "what time"
tool_call = { name = "clock", arguments = { zone = "UTC" } }
[[thinker.rules]]
reply = "You said {last}"
[voice]
ms_per_word = 300
word_delay_ms = 100
"""
CLOCK: Any = {
    "type": "function",
    "name": "clock",
    "description": "Tells the time.",
    "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}},
}


class Talk:
    """One connection of the package, and all that came on it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.events: list[Any] = []

    async def until(self, kind: str) -> Any:
        """Read on until an event of this kind has come."""
        async with asyncio.timeout(EVENT_SECONDS):
            while True:
                event = await self.connection.recv()
                self.events.append(event)
                assert event.type != "error", event.error.message
                if event.type == kind:
                    return event

    async def type_words(self, text: str) -> None:
        """Send a typed turn and ask for the answer."""
        content: Any = [{"type": "input_text", "text": text}]
        await self.connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": content}
        )
        await self.connection.response.create()

    async def say(self, samples: np.ndarray) -> None:
        """Append 24 kHz sound, 40 ms at a time."""
        step = RATE // 25
        for begin in range(0, len(samples), step):
            pcm = samples[begin : begin + step].astype("<i2").tobytes()
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(pcm).decode())

    @property
    def heard(self) -> np.ndarray:
        """All sound that came, 24 kHz."""
        deltas = [one.delta for one in self.events if one.type == "response.output_audio.delta"]
        return np.frombuffer(b"".join(base64.b64decode(delta) for delta in deltas), "<i2")


@asynccontextmanager
async def connected(tmp_path, **session: Any):
    """A connection whose session is set up."""
    async with (
        serving(tmp_path, SCRIPT) as engine,
        AsyncOpenAI(base_url=f"{engine.url}/v1", api_key=KEY) as client,
        client.realtime.connect(model=MODEL) as connection,
    ):
        talk = Talk(connection)
        await talk.until("session.created")
        wish: Any = {"type": "realtime"} | session
        await connection.session.update(session=wish)
        await talk.until("session.updated")
        yield talk


def run(work):
    asyncio.run(work)


def test_a_text_turn(tmp_path):
    async def talk():
        async with connected(tmp_path, output_modalities=["text"]) as talk:
            await talk.type_words("Hello.")
            written = await talk.until("response.output_text.done")
            done = await talk.until("response.done")

            assert written.text == "You said Hello."
            assert done.response.status == "completed"
            assert done.response.usage.output_tokens > 0
            deltas = [one.delta for one in talk.events if one.type == "response.output_text.delta"]
            assert "".join(deltas) == "You said Hello."

    run(talk())


def test_a_spoken_turn(tmp_path):
    async def talk():
        heard: Any = {
            "format": {"type": "audio/pcm", "rate": RATE},
            "transcription": {"model": "gpt-transcribe"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 300},
        }
        async with connected(tmp_path, audio={"input": heard}) as talk:
            await talk.say(np.concatenate([silence(0.2), tone(0.8), silence(0.5)]))
            done = await talk.until("response.done")

            kind = "conversation.item.input_audio_transcription.completed"
            transcripts = [one.transcript for one in talk.events if one.type == kind]
            assert transcripts == ["Tell me a story."]
            said = done.response.output[0].content[0].transcript
            assert said.startswith("Once upon a time")
            assert len(talk.heard) / RATE == pytest.approx(0.3 * len(said.split()))
            assert np.abs(talk.heard).max() > 5000

    run(talk())


def test_a_function_call(tmp_path):
    async def talk():
        async with connected(tmp_path, tools=[CLOCK], output_modalities=["text"]) as talk:
            await talk.type_words("What time is it?")
            done = await talk.until("response.done")
            call = done.response.output[0]
            await talk.connection.conversation.item.create(
                item={"type": "function_call_output", "call_id": call.call_id, "output": "noon"}
            )
            await talk.connection.response.create()
            written = await talk.until("response.output_text.done")

            assert (call.type, call.name) == ("function_call", "clock")
            assert json.loads(call.arguments) == {"zone": "UTC"}
            assert written.text == "You said noon"

    run(talk())


def test_truncation(tmp_path):
    async def talk():
        async with connected(tmp_path) as talk:
            await talk.type_words("A story, please.")
            done = await talk.until("response.done")
            item = done.response.output[0]
            await talk.connection.conversation.item.truncate(
                item_id=item.id, content_index=0, audio_end_ms=1500
            )
            cut = await talk.until("conversation.item.truncated")
            await talk.connection.conversation.item.retrieve(item_id=item.id)
            kept = await talk.until("conversation.item.retrieved")

            assert (cut.item_id, cut.audio_end_ms) == (item.id, 1500)
            assert kept.item.content[0].transcript == "Once upon a time there"

    run(talk())


def test_cancel(tmp_path):
    async def talk():
        async with connected(tmp_path) as talk:
            await talk.type_words("A story, please.")
            await talk.until("response.output_audio.delta")
            await talk.connection.response.cancel()
            done = await talk.until("response.done")

            assert done.response.status == "cancelled"
            assert done.response.status_details.reason == "client_cancelled"
            await talk.type_words("Hello.")
            assert (await talk.until("response.done")).response.status == "completed"

    run(talk())


def test_a_key_that_is_refused(tmp_path):
    async def talk():
        async with (
            serving(tmp_path) as engine,
            AsyncOpenAI(base_url=f"{engine.url}/v1", api_key="wrong") as client,
            client.realtime.connect(model=MODEL) as connection,
        ):
            event = await connection.recv()
            assert event.type == "error"
            assert event.error.code == "invalid_api_key"
            with pytest.raises(ConnectionClosedError, match="3000"):
                await connection.recv()

    run(talk())
