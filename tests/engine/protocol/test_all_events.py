"""Every event that the engine can send is walked through, and the official package knows it."""

import ast
from pathlib import Path

import numpy as np

from services.engine.protocol import input_audio, output_audio, response_output, responses
from services.engine.protocol.session import Session
from services.engine.stages import Finish, Pcm, ToolCall
from tests.engine.protocol.conversing import Conversing

PROTOCOL = Path(responses.__file__).parent


def event_types_in_source():
    """The first argument of every call of `emit`."""
    found = set()
    for file in PROTOCOL.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".emit"):
                found.add(ast.literal_eval(node.args[0]))
    return found


def walk():
    """One long conversation in which everything happens; each event is checked as it comes."""
    talk = Conversing(
        {"audio": {"input": {"transcription": {"model": "any"}}}}, carries_audio_events=True
    )
    talk.tell(Session.open)
    talk.send(type="session.update", session={"type": "realtime", "instructions": "Be brief."})
    talk.tell(input_audio.speech_started, 0)
    talk.tell(input_audio.live_words, "Tell me")
    talk.send(type="input_audio_buffer.clear")
    talk.say("Tell me a story.")
    talk.tell(response_output.sound, talk.response, Pcm(np.zeros(480, np.int16), 24_000))
    talk.speak(("Once upon a time.", 0, 1000))
    talk.finish()
    item_id = talk.session.history.items[-1].id
    talk.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    talk.send(type="conversation.item.retrieve", item_id=item_id)
    talk.send(type="conversation.item.delete", item_id=item_id)
    talk.send(type="conversation.item.delete", item_id=item_id)
    talk.tell(input_audio.idle_timeout, 2000, 7000)
    item_id = talk.session.history.items[-1].id
    talk.tell(input_audio.transcription_failed, item_id, "Deaf.")
    talk.tell(response_output.tool_call, talk.response, ToolCall("call_1", "clock", "{}"))
    talk.tell(responses.finish, talk.response, Finish("tool_calls"))
    talk.send(type="response.create", response={"output_modalities": ["text"]})
    talk.tell(response_output.words, talk.response, "Noon.")
    talk.tell(responses.finish, talk.response, Finish("length"))

    heard = Conversing()
    heard.say("Hello.")
    heard.speak(("Hi.", 0, 500))
    heard.play(heard_ms=200)
    heard.tell(output_audio.playback_stopped, heard.response.id)
    heard.send(type="output_audio_buffer.clear")
    return {event["type"] for event in talk.events + heard.events}


def test_every_event_that_can_be_sent_is_official():
    assert walk() == event_types_in_source()
