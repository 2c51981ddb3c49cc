"""Both modes over the relay, with the embedded engine behind it."""

from __future__ import annotations

import json

import pytest

from tests.running import RunningApp
from tests.test_bad_requests import Visitor
from tests.web.test_relay import hear, open_socket

SAY = {
    "type": "conversation.item.create",
    "item": {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Hello."}],
    },
}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("text", {"response.output_text.delta"}),
        ("native", {"response.output_audio.delta", "response.output_audio_transcript.delta"}),
    ],
)
def test_a_typed_turn_is_answered(scripted_app: RunningApp, mode, expected):
    ada = Visitor(scripted_app)
    socket = open_socket(ada, ada.mint(transport="websocket", mode=mode))

    for event in (SAY, {"type": "response.create"}):
        socket.send(json.dumps(event))
    kinds = []
    while "response.done" not in kinds:
        kinds.append(hear(socket)["type"])

    assert kinds[:2] == ["session.created", "session.updated"]
    assert {kind for kind in kinds if kind.endswith(".delta")} == expected
    assert "error" not in kinds
    socket.close()
