"""Whole calls over real WebRTC, with stages that follow a script."""

import asyncio
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psutil
import pytest

from services.engine import call as call_module
from tests.engine.caller import tone
from tests.engine.protocol.conversing import check_official
from tests.engine.serving import serving

FAST = {"turn_detection": {"type": "server_vad", "silence_duration_ms": 300}}
HEARD: dict[str, Any] = {"audio": {"input": {"transcription": {"model": "any"}, **FAST}}}

STORY = """
[[transcriber.utterances]]
text = "Tell me a story."
[[transcriber.utterances]]
text = "Stop it."
[[thinker.rules]]
match = "story"
reply = "Once upon a time there was a king. He had three sons. They all went away. And then?"
[[thinker.rules]]
match = "what do you know"
reply = "{context}"
[[thinker.rules]]
reply = "You said {last}"
"""


def transcripts(call):
    kind = "conversation.item.input_audio_transcription.completed"
    return [one["transcript"] for one in call.events if one["type"] == kind]


def said(response_done):
    return response_done["response"]["output"][0]["content"][0]["transcript"]


def test_a_spoken_turn_is_heard_answered_and_every_event_is_official(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, engine.call(**HEARD) as call:
            call.microphone.say(tone(0.8))
            done = await call.event("response.done")
            await call.event("output_audio_buffer.stopped")

            assert transcripts(call) == ["Tell me a story."]
            assert said(done).startswith("Once upon a time")
            words = len(said(done).split())
            assert call.loud_seconds == pytest.approx(words * 0.3, rel=0.5)
            for event in call.events:
                check_official(event)

    asyncio.run(talk())


def test_what_is_in_the_middle_of_a_word_is_not_answered_before_its_end(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, engine.call(**HEARD) as call:
            pause = np.zeros(int(48_000 * 0.2), np.int16)
            call.microphone.say(np.concatenate([tone(0.5), pause, tone(0.5)]))
            await call.event("output_audio_buffer.started")

            kinds = [one["type"] for one in call.events]
            assert kinds.count("input_audio_buffer.committed") == 1
            assert kinds.count("response.created") == 1

    asyncio.run(talk())


def test_speaking_into_the_reply_silences_it_and_the_model_knows_what_was_heard(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, engine.call(**HEARD) as call:
            call.microphone.say(tone(0.8))
            await call.event("output_audio_buffer.started")
            await call.until(lambda: call.loud_seconds > 1.0)
            call.microphone.say(tone(0.6))
            cut = await call.event("conversation.item.truncated")
            after = len(call.events)
            await call.event("response.done", after=after)
            await call.event("output_audio_buffer.stopped", after=after)
            call.type_words("What do you know?")
            knows = said(await call.event("response.done", after=len(call.events)))

            assert cut["audio_end_ms"] < 2500
            assert transcripts(call) == ["Tell me a story.", "Stop it."]
            assert "assistant: Once upon a time" in knows
            assert "three sons" not in knows
            assert "assistant: You said Stop it." in knows

    asyncio.run(talk())


def test_the_stop_button_silences_within_a_moment(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine, engine.call(**HEARD) as call:
            call.type_words("A story please.")
            await call.until(lambda: call.loud_seconds > 0.5)
            call.send(type="response.cancel")
            call.send(type="output_audio_buffer.clear")
            await call.event("output_audio_buffer.cleared")
            heard = call.loud_seconds
            after = len(call.heard)
            await call.until(lambda: len(call.heard) > after + 50)

            assert call.loud_seconds - heard < 0.2

    asyncio.run(talk())


def test_typed_turns_build_on_one_another(tmp_path):
    async def talk():
        async with (
            serving(tmp_path, STORY) as engine,
            engine.call(output_modalities=["text"], instructions="Be kind.") as call,
        ):
            for words in ("One.", "Two.", "What do you know?"):
                after = len(call.events)
                call.type_words(words)
                done = await call.event("response.done", after=after)

            text = done["response"]["output"][0]["content"][0]["text"]
            assert text.splitlines() == [
                "system: Be kind.",
                "user: One.",
                "assistant: You said One.",
                "user: Two.",
                "assistant: You said Two.",
                "user: What do you know?",
            ]

    asyncio.run(talk())


def test_a_manual_turn_is_written_down_when_it_is_committed(tmp_path):
    async def talk():
        session: dict[str, Any] = {
            "audio": {"input": {"transcription": {"model": "any"}, "turn_detection": None}}
        }
        async with serving(tmp_path, STORY) as engine, engine.call(**session) as call:
            call.send(type="input_audio_buffer.clear")
            await call.event("input_audio_buffer.cleared")
            call.microphone.say(tone(0.5))
            heard = len(call.heard)
            await call.until(lambda: len(call.heard) > heard + 40)
            call.send(type="input_audio_buffer.commit")
            call.send(type="response.create")
            done = await call.event("response.done")

            assert transcripts(call) == ["Tell me a story."]
            assert said(done).startswith("Once upon a time")

    asyncio.run(talk())


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ('[[thinker.rules]]\nfail = "Out of ideas."', "thinker_failed"),
        ('[[thinker.rules]]\nreply = "Hello."\n[voice]\nfail = "Hoarse."', "voice_failed"),
    ],
)
def test_a_stage_that_fails_ends_the_reply_and_the_call_goes_on(tmp_path, script, code):
    async def talk():
        async with serving(tmp_path, script) as engine, engine.call() as call:
            for _ in range(2):
                after = len(call.events)
                call.type_words("Hello.")
                done = await call.event("response.done", after=after)
                assert done["response"]["status"] == "failed"
                assert done["response"]["status_details"]["error"]["code"] == code

    asyncio.run(talk())


def test_a_turn_that_cannot_be_written_down_is_told(tmp_path):
    async def talk():
        script = '[[transcriber.utterances]]\nfail = "Deaf."'
        async with serving(tmp_path, script) as engine, engine.call(**HEARD) as call:
            call.microphone.say(tone(0.6))
            failed = await call.event("conversation.item.input_audio_transcription.failed")
            done = await call.event("response.done")

            assert failed["error"]["message"] == "Deaf."
            assert done["response"]["output"] == []

    asyncio.run(talk())


def test_a_tool_call_comes_with_its_arguments(tmp_path):
    async def talk():
        script = """
        [[thinker.rules]]
        match = "time"
        tool_call = { name = "clock", arguments = { zone = "UTC" } }
        """
        tools = [{"type": "function", "name": "clock", "parameters": {"type": "object"}}]
        async with serving(tmp_path, script) as engine, engine.call(tools=tools) as call:
            call.type_words("What time is it?")
            done = await call.event("response.function_call_arguments.done")

            assert (done["name"], json.loads(done["arguments"])) == ("clock", {"zone": "UTC"})

    asyncio.run(talk())


@pytest.mark.parametrize("message", ["{", "[]", '{"type": 1}', "x" * 200_000, b"\x00\x01"])
def test_rubbish_on_the_channel_is_answered_and_other_calls_go_on(tmp_path, message):
    async def talk():
        async with (
            serving(tmp_path, STORY) as engine,
            engine.call() as rude,
            engine.call() as polite,
        ):
            rude.send_raw(message)
            error = await rude.event("error")
            for call in (rude, polite):
                call.type_words("Hello.")
                assert said(await call.event("response.done")) == "You said Hello."

            assert error["error"]["type"] == "invalid_request_error"

    asyncio.run(talk())


def test_a_session_that_lasts_too_long_is_ended_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr(call_module, "SESSION_SECONDS", 0.5)

    async def talk():
        async with serving(tmp_path) as engine, engine.call() as call:
            error = await call.event("error")
            await engine.until_calls(0)

            assert error["error"]["code"] == "session_expired"

    asyncio.run(talk())


def test_a_caller_who_leaves_in_the_middle_of_a_reply_leaves_nothing_behind(tmp_path):
    async def talk():
        async with serving(tmp_path, STORY) as engine:
            process = psutil.Process()
            # aiortc encodes in it; the usual one may begin a thread at any time.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

            async def call_and_leave():
                async with engine.call(**HEARD) as call:
                    call.microphone.say(tone(0.6))
                    await call.event("output_audio_buffer.started")
                await engine.until_all_ended()

            await call_and_leave()
            tasks, threads = len(asyncio.all_tasks()), process.num_threads()
            files = process.num_fds()
            for _ in range(3):
                await call_and_leave()
            gc.collect()

            assert len(asyncio.all_tasks()) <= tasks
            assert process.num_threads() <= threads
            assert process.num_fds() <= files

    asyncio.run(talk())
