"""The orders in which events come, as clients of the Realtime API know them."""

from services.engine.protocol import input_audio, output_audio, response_output, responses
from services.engine.protocol.session import HANDLERS, Session
from services.engine.stages import Finish, ToolCall
from tests.engine.protocol.conversing import Conversing, types

SPOKEN = {"audio": {"input": {"transcription": {"model": "whisper"}}}}

SPOKEN_REPLY = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]


def test_all_eleven_client_events_have_a_handler():
    assert len(HANDLERS) == 11


def test_a_spoken_turn_is_committed_and_answered_aloud():
    talk = Conversing(SPOKEN)
    talk.tell(Session.open)

    talk.say("What is the capital of France?")
    talk.speak(("Paris.", 0, 800))
    talk.finish()

    assert types(talk.events) == [
        "session.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "conversation.item.input_audio_transcription.completed",
        *SPOKEN_REPLY,
    ]
    started, stopped, committed, added = talk.events[1:5]
    assert started["item_id"] == stopped["item_id"] == committed["item_id"] == added["item"]["id"]
    assert added["item"]["content"] == [{"type": "input_audio", "transcript": None}]
    done = talk.events[-1]["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "Paris."}]
    assert done["usage"]["input_token_details"] == {
        "text_tokens": 40,
        "audio_tokens": 20,
        "image_tokens": 0,
        "cached_tokens": 30,
        "cached_tokens_details": {"text_tokens": 30, "audio_tokens": 0, "image_tokens": 0},
    }
    assert done["usage"]["output_token_details"] == {"text_tokens": 12, "audio_tokens": 16}


def test_a_typed_turn_is_answered_in_text():
    talk = Conversing({"output_modalities": ["text"]})

    talk.send(
        type="conversation.item.create",
        item={
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Hello"}],
        },
    )
    talk.send(type="response.create")
    talk.tell(response_output.words, talk.response, "Hi ")
    talk.tell(response_output.words, talk.response, "there.")
    talk.finish()

    assert types(talk.events) == [
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    assert talk.events[8]["text"] == "Hi there."
    messages = responses.prompt_so_far(talk.session).messages
    assert [(one.role, one.text) for one in messages] == [
        ("user", "Hello"),
        ("assistant", "Hi there."),
    ]


def test_a_manual_turn_is_committed_without_speech_events_and_answered_on_demand():
    talk = Conversing({"audio": {"input": {"turn_detection": None}}})

    assert types(talk.send(type="input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert types(talk.send(type="input_audio_buffer.commit")) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert types(talk.send(type="response.create")) == ["response.created"]


def test_a_function_call_comes_with_its_arguments_and_takes_its_output():
    talk = Conversing({"tools": [{"type": "function", "name": "clock", "parameters": {}}]})
    talk.say("What time is it?")
    call = ToolCall("call_1", "clock", '{"city": "Paris"}')

    talk.tell(response_output.tool_call, talk.response, call)
    sent = talk.tell(responses.finish, talk.response, Finish("tool_calls"))
    talk.send(
        type="conversation.item.create",
        item={"type": "function_call_output", "call_id": "call_1", "output": "noon"},
    )
    talk.send(type="response.create")

    assert types(talk.events[6:])[:5] == [
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "conversation.item.done",
    ]
    assert sent[-1]["response"]["output"][0]["arguments"] == '{"city": "Paris"}'
    messages = responses.prompt_for(talk.session, talk.response).messages
    assert messages[-2].tool_calls == (call,)
    assert (messages[-1].tool_call_id, messages[-1].text) == ("call_1", "noon")


def test_an_out_of_band_response_stays_out_of_the_conversation():
    talk = Conversing()
    talk.say("Hello.")

    sent = talk.send(
        type="response.create",
        response={
            "conversation": "none",
            "output_modalities": ["text"],
            "metadata": {"topic": "title"},
            "input": [
                {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_text", "text": "Title?"}],
                }
            ],
        },
    )
    aside = talk.response
    talk.tell(response_output.words, aside, "Greeting")
    sent += talk.tell(responses.finish, aside, Finish("stop"))

    assert sent[0]["response"]["conversation_id"] is None
    assert sent[-1]["response"]["metadata"] == {"topic": "title"}
    assert "conversation.item.added" not in types(sent)
    assert talk.session.active is not None
    assert [one.text for one in responses.prompt_for(talk.session, aside).messages] == ["Title?"]


def test_a_turn_without_words_is_not_answerable():
    talk = Conversing(SPOKEN)
    talk.say("")

    assert not responses.is_answerable(talk.session, talk.response)
    assert types(talk.finish()) == ["response.done"]


def test_silence_after_a_reply_is_answered_when_the_session_says_so():
    talk = Conversing({"audio": {"input": {"turn_detection": {"type": "server_vad"}}}})

    sent = talk.tell(input_audio.idle_timeout, 1000, 7000)

    assert types(sent) == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]


def test_playback_is_announced_by_the_response_that_is_heard():
    talk = Conversing(SPOKEN)
    talk.say("Hello.")

    started = talk.tell(output_audio.playback_started, talk.response.id)
    stopped = talk.tell(output_audio.playback_stopped, talk.response.id)

    assert types(started + stopped) == [
        "output_audio_buffer.started",
        "output_audio_buffer.stopped",
    ]


def test_a_failed_stage_ends_the_response_and_not_the_session():
    talk = Conversing(SPOKEN)
    talk.say("Hello.")

    sent = talk.tell(responses.fail, talk.response, "thinker_failed", "The model is down.")

    assert sent[-1]["response"]["status"] == "failed"
    assert sent[-1]["response"]["status_details"]["error"]["code"] == "thinker_failed"
    assert types(talk.send(type="response.create")) == ["response.created"]


def test_a_failed_transcription_is_told_for_its_item():
    talk = Conversing(SPOKEN)
    talk.tell(input_audio.speech_started, 0)
    talk.tell(input_audio.speech_stopped, 900)
    item_id = talk.session.history.items[-1].id

    sent = talk.tell(input_audio.transcription_failed, item_id, "The model is down.")

    assert types(sent) == ["conversation.item.input_audio_transcription.failed"]
    assert sent[0]["item_id"] == item_id
