"""Calls in text, as a page makes them that hears and speaks by itself; and turns by hand."""

import asyncio
from typing import Any

from services.engine.listener import LEAD_SECONDS
from tests.engine.caller import tone
from tests.engine.protocol.conversing import check_official, types
from tests.engine.serving import serving

TEXT: dict[str, Any] = {"output_modalities": ["text"], "audio": {"input": {"turn_detection": None}}}
BY_HAND: dict[str, Any] = {
    "audio": {"input": {"transcription": {"model": "any"}, "turn_detection": None}}
}
DETECTED: dict[str, Any] = {"audio": {"input": {"transcription": {"model": "any"}}}}
SCRIPT = """
[[transcriber.utterances]]
text = "First words."
[[transcriber.utterances]]
text = "Second words."
[[thinker.rules]]
match = "slow"
reply = "One two three four five six seven eight nine ten."
word_delay_ms = 100
[[thinker.rules]]
match = "what do you know"
reply = "{context}"
[[thinker.rules]]
reply = "You said {last}"
"""


def assistant_item(item_id, text):
    content = [{"type": "output_text", "text": text}]
    return {"id": item_id, "type": "message", "role": "assistant", "content": content}


def written(done):
    return done["response"]["output"][0]["content"][0]["text"]


async def asked(call, words):
    """Type words and wait for the whole answer."""
    after = len(call.events)
    call.type_words(words)
    return written(await call.event("response.done", after=after))


async def spoken(call, seconds=0.5):
    """Speak for a while."""
    call.microphone.say(tone(seconds))
    await passed(call, seconds + 0.3)


async def passed(call, seconds):
    """Wait for so much sound."""
    heard = len(call.heard)
    await call.until(lambda: len(call.heard) > heard + int(seconds * 50))


def test_a_reply_in_text_comes_word_by_word_and_makes_no_sound(tmp_path):
    async def talk():
        async with (
            serving(tmp_path, SCRIPT) as engine,
            engine.call(**TEXT, direction="recvonly") as call,
        ):
            call.type_words("Be slow.")
            await call.event("response.output_text.delta")
            assert "response.done" not in types(call.events)
            await call.event("response.done")

            kinds = types(call.events)
            assert kinds.count("response.output_text.delta") == 10
            assert not any("audio" in kind for kind in kinds)
            assert call.loud_seconds == 0
            for event in call.events:
                check_official(event)

    asyncio.run(talk())


def test_an_interrupted_reply_is_replaced_by_what_was_heard(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**TEXT) as call:
            call.type_words("Be slow.")
            begun = await call.event("response.output_item.added")
            await call.event("response.output_text.delta")
            call.send(type="response.cancel")
            done = await call.event("response.done")
            old = begun["item"]["id"]
            call.send(
                type="conversation.item.create",
                previous_item_id=old,
                item=assistant_item("heard", "One two"),
            )
            call.send(type="conversation.item.delete", item_id=old)
            gone = await call.event("conversation.item.deleted")
            knows = await asked(call, "what do you know")

            assert done["response"]["status_details"]["reason"] == "client_cancelled"
            assert gone["item_id"] == old
            assert knows.splitlines() == [
                "user: Be slow.",
                "assistant: One two",
                "user: what do you know",
            ]

    asyncio.run(talk())


def test_a_reply_may_be_deleted_while_it_is_written(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**TEXT) as call:
            call.type_words("Be slow.")
            begun = await call.event("response.output_item.added")
            call.send(type="conversation.item.delete", item_id=begun["item"]["id"])
            await call.event("response.done")
            knows = await asked(call, "what do you know")

            assert knows.splitlines() == ["user: Be slow.", "user: what do you know"]

    asyncio.run(talk())


def test_the_last_turn_can_be_corrected_and_asked_again(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**TEXT) as call:
            await asked(call, "First.")
            await asked(call, "Wrong.")
            user, reply = [one["item"]["id"] for one in call.events if "item.done" in one["type"]][
                -3:-1
            ]
            for item_id in (user, reply):
                call.send(type="conversation.item.delete", item_id=item_id)
            after = len(call.events)
            knows = await asked(call, "what do you know")

            assert "error" not in types(call.events[after:])
            assert "Wrong" not in knows
            assert knows.startswith("user: First.\nassistant: You said First.")

    asyncio.run(talk())


def test_instructions_alone_make_a_greeting(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**TEXT) as call:
            call.send(type="response.create", response={"instructions": "Greet the person."})
            done = await call.event("response.done")
            knows = await asked(call, "what do you know")

            assert done["response"]["status"] == "completed"
            assert written(done)
            assert "Greet" not in knows
            assert knows.startswith("assistant: You said")

    asyncio.run(talk())


def test_a_call_can_change_to_turns_by_hand_and_back(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**DETECTED) as call:
            await spoken(call)
            await call.event("response.done")
            call.send(type="session.update", session={"type": "realtime"} | BY_HAND)
            await call.event("session.updated")
            after = len(call.events)
            call.send(type="input_audio_buffer.clear")
            await spoken(call)
            assert "input_audio_buffer.speech_started" not in types(call.events[after:])
            call.send(type="input_audio_buffer.commit")
            completed = await call.event(
                "conversation.item.input_audio_transcription.completed", after=after
            )
            call.send(
                type="session.update",
                session={
                    "type": "realtime",
                    "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}},
                },
            )
            await call.event("session.updated", after=after)
            after = len(call.events)
            await spoken(call)
            await call.event("input_audio_buffer.committed", after=after)

            assert completed["transcript"] == "Second words."

    asyncio.run(talk())


def test_a_commit_without_a_clear_writes_down_what_is_in_the_buffer(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**DETECTED) as call:
            await spoken(call)
            await call.event("response.done")
            await passed(call, LEAD_SECONDS)
            call.send(type="session.update", session={"type": "realtime"} | BY_HAND)
            await call.event("session.updated")
            after = len(call.events)
            await spoken(call)
            call.send(type="input_audio_buffer.commit")
            completed = await call.event(
                "conversation.item.input_audio_transcription.completed", after=after
            )

            assert completed["transcript"] == "Second words."

    asyncio.run(talk())


def test_a_turn_under_way_is_left_to_the_hand_that_takes_over(tmp_path):
    async def talk():
        async with serving(tmp_path, SCRIPT) as engine, engine.call(**DETECTED) as call:
            call.microphone.say(tone(2.5))
            await call.event("input_audio_buffer.speech_started")
            call.send(type="session.update", session={"type": "realtime"} | BY_HAND)
            await call.event("session.updated")
            after = len(call.events)
            await passed(call, 3)

            assert call.events[after:] == []

    asyncio.run(talk())
