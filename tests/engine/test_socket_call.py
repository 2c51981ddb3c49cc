"""Whole calls over the WebSocket, with stages that follow a script."""

import asyncio
import json
from typing import Any

import pytest

from tests.engine.protocol.conversing import check_official
from tests.engine.serving import KEY, serving
from tests.engine.socket_caller import RATE, SocketCaller, silence, tone
from tests.engine.test_call import STORY, said, transcripts

FAST = {"type": "server_vad", "silence_duration_ms": 300}
HEARD: dict[str, Any] = {"input": {"transcription": {"model": "any"}, "turn_detection": FAST}}
SLOW_VOICE = STORY + "[voice]\nms_per_word = 300\nword_delay_ms = 100\n"


def update(call, **session):
    call.send(type="session.update", session={"type": "realtime"} | session)


def test_a_spoken_turn_is_heard_and_its_answer_comes_as_sound(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, SocketCaller(engine.url, KEY) as call:
            update(call, audio=HEARD)
            call.say(silence(0.2), tone(0.8), silence(0.6))
            done = await call.event("response.done")

            assert transcripts(call) == ["Tell me a story."]
            words = len(said(done).split())
            assert len(call.heard) / RATE == pytest.approx(words * 0.3)
            started = await call.event("input_audio_buffer.speech_started")
            stopped = await call.event("input_audio_buffer.speech_stopped")
            assert started["audio_start_ms"] == 0  # 200 ms, less 300 ms of padding
            assert stopped["audio_end_ms"] == pytest.approx(1300, abs=100)
            for event in call.events:
                check_official(event)
                assert not event["type"].startswith("output_audio_buffer")

    asyncio.run(talk())


@pytest.mark.parametrize("chunk_ms", [10, 100, 60_000])
def test_sound_is_heard_the_same_in_whatever_pieces_it_comes(tmp_path, chunk_ms):
    async def talk():
        async with serving(tmp_path, STORY) as engine, SocketCaller(engine.url, KEY) as call:
            update(call, audio=HEARD)
            turn = [tone(0.6), silence(0.5)]
            call.say(*turn, *turn, chunk_ms=chunk_ms)
            await call.event(
                "input_audio_buffer.speech_stopped", where=lambda one: one["audio_end_ms"] > 1500
            )

            kinds = [one["type"] for one in call.events]
            assert kinds.count("input_audio_buffer.speech_started") == 2

    asyncio.run(talk())


def test_a_turn_that_the_client_commits_is_answered_when_it_asks(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, SocketCaller(engine.url, KEY) as call:
            update(
                call, audio={"input": {"transcription": {"model": "any"}, "turn_detection": None}}
            )
            call.say(tone(0.05))
            call.send(type="input_audio_buffer.commit")
            error = await call.event("error")
            call.say(tone(0.5))
            call.send(type="input_audio_buffer.commit")
            call.send(type="response.create")
            done = await call.event("response.done")

            assert error["error"]["code"] == "input_audio_buffer_commit_empty"
            assert transcripts(call) == ["Tell me a story."]
            assert said(done).startswith("Once upon a time")

    asyncio.run(talk())


def test_speaking_into_the_reply_ends_it_and_the_client_truncates_what_it_did_not_play(tmp_path):
    async def talk():
        async with serving(tmp_path, SLOW_VOICE) as engine, SocketCaller(engine.url, KEY) as call:
            update(call, audio=HEARD)
            call.say(tone(0.6), silence(0.5))
            await call.until(lambda: len(call.heard) > 2.5 * RATE)
            call.say(tone(0.6), silence(0.5))
            done = await call.event("response.done")
            item_id = done["response"]["output"][0]["id"]
            sent_ms = len(call.heard) * 1000 // RATE
            for audio_end_ms in (sent_ms + 1000, sent_ms, 1500):
                call.send(
                    type="conversation.item.truncate",
                    item_id=item_id,
                    content_index=0,
                    audio_end_ms=audio_end_ms,
                )
            await call.event(
                "conversation.item.truncated", where=lambda one: one["audio_end_ms"] == 1500
            )
            await call.event("response.done", where=lambda one: "Stop it" in json.dumps(one))
            call.type_words("What do you know?")
            knows = await call.event("response.done", where=lambda one: "user:" in json.dumps(one))

            assert done["response"]["status_details"]["reason"] == "turn_detected"
            errors = [one["error"]["message"] for one in call.events if one["type"] == "error"]
            assert errors == [
                f"Audio content of {sent_ms}ms is already shorter than {sent_ms + 1000}ms."
            ]
            assert "assistant: Once upon a time there\n" in said(knows)

    asyncio.run(talk())


def test_sound_of_a_clause_that_was_never_finished_can_be_truncated(tmp_path):
    async def talk():
        script = SLOW_VOICE.replace("word_delay_ms = 100", "word_delay_ms = 250")
        async with serving(tmp_path, script) as engine, SocketCaller(engine.url, KEY) as call:
            call.type_words("A story, please.")
            delta = await call.event("response.output_audio.delta")
            call.send(type="response.cancel")
            call.send(
                type="conversation.item.truncate",
                item_id=delta["item_id"],
                content_index=0,
                audio_end_ms=100,
            )
            cut = await call.event("conversation.item.truncated")

            assert cut["audio_end_ms"] == 100

    asyncio.run(talk())


def test_silence_after_a_reply_is_answered_once_it_must_have_been_heard(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine, SocketCaller(engine.url, KEY) as call:
            detection = {"type": "server_vad", "idle_timeout_ms": 5000}
            update(call, audio={"input": {"turn_detection": detection}})
            loop = asyncio.get_running_loop()
            asked = loop.time()
            call.type_words("Hello.")
            await call.event("response.done")
            done = loop.time()
            reply_seconds = len(call.heard) / RATE
            # The audio's clock runs as fast as sound comes; the reply is heard in real time.
            rounds = [asked]
            while not any("timeout" in one["type"] for one in call.events):
                after = len(call.events)
                rounds.append(loop.time())
                call.say(silence(6), chunk_ms=6000)
                update(call)
                await call.event("session.updated", after=after)

            assert loop.time() - asked >= reply_seconds
            # A round that begins after the reply brings it; the one before did not.
            assert rounds[-2] < done + reply_seconds

    asyncio.run(talk())
