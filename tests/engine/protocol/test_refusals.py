"""What a client gets for events that cannot be used: an error that names the field, no more."""

import json
from typing import Any

import pytest

from services.engine.protocol.session import Session
from tests.engine.protocol.conversing import Conversing, types


def user_item(text: Any = "hi") -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


BAD_EVENTS = [
    ({"type": "no.such.event"}, "invalid_value", "type"),
    ({"type": 7}, "invalid_event", "type"),
    ({"no": "type"}, "invalid_event", "type"),
    ({"type": "response.cancel"}, "response_cancel_not_active", None),
    ({"type": "response.create", "response": 5}, "invalid_value", "response"),
    ({"type": "response.create", "response": {"nope": 1}}, "unknown_parameter", "response.nope"),
    (
        {"type": "response.create", "response": {"output_modalities": ["audio", "text"]}},
        "invalid_value",
        "response.output_modalities",
    ),
    (
        {"type": "response.create", "response": {"metadata": {"a": 1}}},
        "invalid_value",
        "response.metadata",
    ),
    (
        {"type": "response.create", "response": {"input": [{"type": "item_reference", "id": "x"}]}},
        "item_not_found",
        "response.input[0].id",
    ),
    ({"type": "session.update"}, "invalid_value", "session"),
    ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
    (
        {"type": "session.update", "session": {"type": "transcription"}},
        "invalid_value",
        "session.type",
    ),
    (
        {"type": "session.update", "session": {"type": "realtime", "model": "gpt"}},
        "model_not_found",
        "session.model",
    ),
    (
        {"type": "session.update", "session": {"type": "realtime", "temperature": 0.8}},
        "unknown_parameter",
        "session.temperature",
    ),
    (
        {
            "type": "session.update",
            "session": {"type": "realtime", "audio": {"output": {"speed": 9}}},
        },
        "invalid_value",
        "session.audio.output.speed",
    ),
    (
        {
            "type": "session.update",
            "session": {
                "type": "realtime",
                "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": "x"}}},
            },
        },
        "invalid_value",
        "session.audio.input.turn_detection.threshold",
    ),
    ({"type": "conversation.item.create"}, "invalid_value", "item"),
    ({"type": "conversation.item.create", "item": {"type": "x"}}, "invalid_value", "item.type"),
    (
        {"type": "conversation.item.create", "item": user_item(5)},
        "invalid_value",
        "item.content[0].text",
    ),
    (
        {"type": "conversation.item.create", "item": user_item("x" * 70_000)},
        "invalid_value",
        "item.content[0].text",
    ),
    (
        {"type": "conversation.item.create", "item": user_item("\ud800")},
        "invalid_value",
        "item.content[0].text",
    ),
    (
        {"type": "conversation.item.create", "item": user_item(), "previous_item_id": "x"},
        "item_not_found",
        "previous_item_id",
    ),
    ({"type": "conversation.item.retrieve"}, "missing_required_parameter", "item_id"),
    ({"type": "conversation.item.delete", "item_id": "x"}, "item_not_found", "item_id"),
    ({"type": "conversation.item.delete", "item_id": []}, "invalid_value", "item_id"),
    (
        {
            "type": "conversation.item.truncate",
            "item_id": "x",
            "content_index": 0,
            "audio_end_ms": 1,
        },
        "item_not_found",
        "item_id",
    ),
    (
        {"type": "input_audio_buffer.append", "audio": "AAAA"},
        "invalid_event_for_transport",
        None,
    ),
]


@pytest.mark.parametrize(("event", "code", "param"), BAD_EVENTS)
def test_a_bad_event_is_refused_with_its_reason(event, code, param):
    talk = Conversing()

    sent = talk.send(**event, event_id="mine")

    assert types(sent) == ["error"]
    error = sent[0]["error"]
    assert (error["code"], error["param"]) == (code, param)
    assert error["message"].endswith((".", "."))
    assert error["event_id"] == ("mine" if isinstance(event.get("type"), str) else None)
    assert types(talk.send(type="input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]


@pytest.mark.parametrize(
    "message", ["", "{", "[]", "null", '"text"', "[" * 100_000, b"\x00", '{"type":"x"']
)
def test_what_is_no_event_at_all_is_refused(message):
    talk = Conversing()

    sent = talk.tell(Session.receive, message)

    assert types(sent) == ["error"]
    assert sent[0]["error"]["code"] == "invalid_event"


def test_an_event_id_is_a_short_string():
    talk = Conversing()

    sent = talk.send(type="input_audio_buffer.clear", event_id="x" * 513)

    assert sent[0]["error"]["param"] == "event_id"


def test_a_bad_update_changes_nothing():
    talk = Conversing()
    before = json.dumps(talk.session.wire())

    talk.send(
        type="session.update", session={"type": "realtime", "instructions": "Be brief.", "x": 1}
    )

    assert json.dumps(talk.session.wire()) == before


def test_an_update_merges_what_is_present_and_null_clears():
    talk = Conversing()

    sent = talk.send(
        type="session.update",
        session={
            "type": "realtime",
            "instructions": "Be brief.",
            "audio": {"input": {"turn_detection": None}, "output": {"speed": 1.25}},
        },
    )

    session = sent[0]["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["audio"]["output"] == {
        "format": {"type": "audio/pcm", "rate": 24000},
        "voice": "joe",
        "speed": 1.25,
    }


def test_a_second_response_is_refused_while_one_is_active():
    talk = Conversing()
    talk.send(type="response.create")

    sent = talk.send(type="response.create")

    assert sent[0]["error"]["code"] == "conversation_already_has_active_response"


def test_the_voice_is_frozen_after_the_first_sound():
    talk = Conversing()
    talk.say("Hello.")
    talk.speak(("Hi.", 0, 500))
    talk.play(heard_ms=100)
    talk.finish()

    sent = talk.send(
        type="session.update",
        session={"type": "realtime", "audio": {"output": {"voice": "other"}}},
    )

    assert sent[0]["error"]["code"] == "cannot_update_voice"


def test_a_commit_of_too_little_sound_is_refused():
    talk = Conversing({"audio": {"input": {"turn_detection": None}}})
    talk.buffered_ms = 99

    sent = talk.send(type="input_audio_buffer.commit")

    assert sent[0]["error"]["code"] == "input_audio_buffer_commit_empty"


def test_truncating_beyond_the_sound_is_refused():
    talk = Conversing()
    talk.say("Hello.")
    talk.speak(("Hi there.", 0, 500))
    talk.finish()
    item_id = talk.session.history.items[-1].id

    def truncate(audio_end_ms):
        return talk.send(
            type="conversation.item.truncate",
            item_id=item_id,
            content_index=0,
            audio_end_ms=audio_end_ms,
        )

    assert "already shorter" in truncate(501)[0]["error"]["message"]
    assert types(truncate(300)) == ["conversation.item.truncated"]
    retrieved = talk.send(type="conversation.item.retrieve", item_id=item_id)
    assert retrieved[0]["item"]["content"][0]["transcript"] == "Hi"


def test_a_typed_message_cannot_be_truncated():
    talk = Conversing()
    created = talk.send(type="conversation.item.create", item=user_item())

    sent = talk.send(
        type="conversation.item.truncate",
        item_id=created[0]["item"]["id"],
        content_index=0,
        audio_end_ms=0,
    )

    assert sent[0]["error"]["code"] == "unsupported_content_type"


def test_items_go_where_they_are_put():
    talk = Conversing()
    talk.send(type="conversation.item.create", item=user_item("b") | {"id": "b"})
    talk.send(
        type="conversation.item.create",
        item=user_item("a") | {"id": "a"},
        previous_item_id="root",
    )
    talk.send(
        type="conversation.item.create", item=user_item("c") | {"id": "c"}, previous_item_id="a"
    )
    again = talk.send(type="conversation.item.create", item=user_item("c") | {"id": "c"})
    deleted = talk.send(type="conversation.item.delete", item_id="b")

    assert [item.id for item in talk.session.history.items] == ["a", "c"]
    assert again[0]["error"]["param"] == "item.id"
    assert types(deleted) == ["conversation.item.deleted"]
