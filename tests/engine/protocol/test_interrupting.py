"""What comes, and what is remembered, when somebody speaks into a reply or stops it."""

import base64

import numpy as np

from services.engine.protocol import input_audio, response_output, responses
from services.engine.protocol.commands import SilencePlayback, StopReply
from services.engine.stages import Pcm
from tests.engine.protocol.conversing import Conversing, types

SPOKEN = {"audio": {"input": {"transcription": {"model": "whisper"}}}}


def test_speaking_into_a_reply_cancels_silences_and_cuts_it():
    talk = Conversing(SPOKEN)
    talk.say("Tell me a story.")
    talk.speak(("Once upon a time, ", 0, 1000), ("there was a king.", 1000, 2000))
    talk.play(heard_ms=1500)

    sent = talk.tell(input_audio.speech_started, 4000)

    assert types(sent) == [
        "input_audio_buffer.speech_started",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
    ]
    assert sent[6]["response"]["status_details"] == {
        "type": "cancelled",
        "reason": "turn_detected",
    }
    assert sent[-1]["audio_end_ms"] == 1500
    assert StopReply(talk.response.id) in talk.commands
    assert SilencePlayback() in talk.commands
    assert responses.prompt_so_far(talk.session).messages[-1].text == "Once upon a time, there"


def test_a_reply_that_is_made_but_still_heard_is_cut_too():
    talk = Conversing(SPOKEN)
    talk.say("Tell me a story.")
    talk.speak(("Once upon a time.", 0, 1000))
    talk.finish()
    talk.play(heard_ms=0)

    sent = talk.tell(input_audio.speech_started, 4000)

    assert types(sent) == [
        "input_audio_buffer.speech_started",
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
    ]
    assert [one.role for one in responses.prompt_so_far(talk.session).messages] == ["user"]


def test_a_reply_that_is_cut_within_its_first_clause_was_heard_without_words():
    talk = Conversing(SPOKEN)
    talk.say("Tell me a story.")
    talk.tell(response_output.sound, talk.response, Pcm(np.zeros(24_000, np.int16), 24_000))
    talk.play(heard_ms=400)

    sent = talk.tell(input_audio.speech_started, 5000)

    assert [one["audio_end_ms"] for one in sent if "truncated" in one["type"]] == [400]
    assert responses.prompt_so_far(talk.session).messages[-1].role == "user"


def test_over_a_socket_the_client_truncates_what_it_was_sent():
    talk = Conversing(SPOKEN, carries_audio_events=True)
    talk.say("Tell me a story.")
    sent = talk.tell(response_output.sound, talk.response, Pcm(np.zeros(24_000, np.int16), 24_000))
    interrupted = talk.tell(input_audio.speech_started, 5000)
    place = {"item_id": talk.response.output[0].id, "content_index": 0}

    too_much = talk.send(type="conversation.item.truncate", **place, audio_end_ms=1001)
    cut = talk.send(type="conversation.item.truncate", **place, audio_end_ms=1000)

    deltas = [one["delta"] for one in sent if one["type"] == "response.output_audio.delta"]
    assert [len(base64.b64decode(delta)) for delta in deltas] == [19_200, 19_200, 9_600]
    assert types(interrupted)[-1] == "response.done"
    assert types(too_much + cut) == ["error", "conversation.item.truncated"]


def test_without_interrupt_response_the_reply_goes_on_and_the_turn_is_answered_after_it():
    detection = {"type": "server_vad", "interrupt_response": False}
    talk = Conversing({"audio": {"input": {"turn_detection": detection}}})
    talk.say("One.")
    first = talk.response
    talk.say("Two.")

    assert talk.response is first

    sent = talk.finish()

    assert types(sent)[-2:] == ["response.done", "response.created"]
    assert talk.response is not first


def test_the_stop_button_cancels_then_clears():
    talk = Conversing(SPOKEN)
    talk.say("Tell me a story.")
    talk.speak(("Once upon a time.", 0, 1000))
    talk.play(heard_ms=300)

    cancelled = talk.send(type="response.cancel")
    cleared = talk.send(type="output_audio_buffer.clear")

    assert cancelled[-1]["response"]["status_details"]["reason"] == "client_cancelled"
    assert types(cleared) == ["output_audio_buffer.cleared", "conversation.item.truncated"]
