"""What a client over the WebSocket may not do, and how a call ends there."""

import asyncio
import base64
import gc
import json
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest

from services.engine import call as call_module
from services.engine.media import socket as socket_module
from tests.engine.serving import KEY, serving
from tests.engine.socket_caller import RATE, SocketCaller
from tests.engine.test_call import STORY, said
from tests.engine.test_socket_call import SLOW_VOICE


def test_a_client_that_does_not_read_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(socket_module, "SLOW_SECONDS", 0.5)

    async def talk():
        story = "word " * 3000
        script = f'[[thinker.rules]]\nreply = "{story}"\n[voice]\nms_per_word = 500\n'
        async with serving(tmp_path, script) as engine:
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(engine.url).port)
            writer.write(handshake(KEY))
            await reader.readuntil(b"\r\n\r\n")
            writer.write(frame({"type": "response.create"}))
            await engine.until_calls(1)
            await engine.until_calls(0)
            writer.close()

    asyncio.run(talk())


def handshake(key):
    return (
        "GET /v1/realtime HTTP/1.1\r\nHost: engine\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nAuthorization: Bearer {key}\r\n\r\n"
    ).encode()


def frame(event):
    """A masked text frame of less than 126 bytes; the mask is zero."""
    text = json.dumps(event).encode()
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


def test_a_frame_that_is_too_large_ends_the_call(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine, SocketCaller(engine.url, KEY) as call:
            await call.event("session.created")
            call.send_raw("x" * (16 * 1024 * 1024))

            assert await call.closed() == 1009
            await engine.until_calls(0)

    asyncio.run(talk())


def test_minutes_of_sound_in_one_event_hold_up_no_other_call(tmp_path):
    async def talk():
        minutes = base64.b64encode(np.zeros(220 * RATE, "<i2").tobytes()).decode()
        async with (
            serving(tmp_path) as engine,
            SocketCaller(engine.url, KEY) as long,
            SocketCaller(engine.url, KEY) as other,
        ):
            await other.event("session.created")
            long.send(type="input_audio_buffer.append", audio=minutes)
            long.send(type="input_audio_buffer.clear")
            other.type_words("Hello.")
            await other.event("response.done")
            assert "input_audio_buffer.cleared" not in [one["type"] for one in long.events]
            await long.event("input_audio_buffer.cleared")

    asyncio.run(talk())


@pytest.mark.parametrize(
    "message",
    ["{", "[]", '{"type": 1}', '{"type": "\\ud800", "event_id": "\\udfff"}', "x" * 200_000],
)
def test_rubbish_is_answered_and_the_call_goes_on(tmp_path, message):
    async def talk():
        async with serving(tmp_path, STORY) as engine, SocketCaller(engine.url, KEY) as call:
            call.send_raw(message)
            error = await call.event("error")
            call.type_words("Hello.")

            assert said(await call.event("response.done")) == "You said Hello."
            assert error["error"]["type"] == "invalid_request_error"

    asyncio.run(talk())


def test_binary_frames_are_no_events(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine, SocketCaller(engine.url, KEY) as call:
            await call.socket.send_bytes(b"\x00\x01")

            assert (await call.event("error"))["error"]["code"] == "invalid_event"

    asyncio.run(talk())


def test_a_session_that_lasts_too_long_is_ended_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr(call_module, "SESSION_SECONDS", 0.3)

    async def talk():
        async with serving(tmp_path) as engine, SocketCaller(engine.url, KEY) as call:
            error = await call.event("error")

            assert error["error"]["code"] == "session_expired"
            assert await call.closed() == 1001

    asyncio.run(talk())


def test_the_server_ends_at_once_although_a_socket_is_open(tmp_path):
    async def talk():
        loop = asyncio.get_running_loop()
        async with serving(tmp_path) as engine:
            call = SocketCaller(engine.url, KEY)
            await call.__aenter__()
            await call.event("session.created")
            begin = loop.time()
        assert loop.time() - begin < 2
        assert await call.closed() == 1001
        await call.__aexit__()

    asyncio.run(talk())


def test_a_client_that_leaves_in_the_middle_of_a_reply_leaves_nothing_behind(tmp_path):
    async def talk():
        async with serving(tmp_path, SLOW_VOICE) as engine:
            process = psutil.Process()

            async def call_and_leave():
                async with SocketCaller(engine.url, KEY) as call:
                    call.type_words("A story, please.")
                    await call.event("response.output_audio.delta")
                await engine.until_all_ended()

            await call_and_leave()
            tasks, files = len(asyncio.all_tasks()), process.num_fds()
            for _ in range(3):
                await call_and_leave()
            gc.collect()

            assert len(asyncio.all_tasks()) <= tasks
            assert process.num_fds() <= files

    asyncio.run(talk())
