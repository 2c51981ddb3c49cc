"""Both modes over the relay, with the embedded engine behind it."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing

import pytest
from websockets.sync.client import ClientConnection

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


def answer(socket: ClientConnection) -> list[dict]:
    """Everything that comes until a typed turn has been answered."""
    for event in (SAY, {"type": "response.create"}):
        socket.send(json.dumps(event))
    events = [hear(socket)]
    while events[-1]["type"] != "response.done":
        events.append(hear(socket))
    return events


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

    kinds = [event["type"] for event in answer(socket)]

    assert kinds[:2] == ["session.created", "session.updated"]
    assert {kind for kind in kinds if kind.endswith(".delta")} == expected
    assert "error" not in kinds
    socket.close()


def test_what_was_used_is_written_down_before_the_browser_hears_of_it(scripted_app: RunningApp):
    ada = Visitor(scripted_app)
    call = ada.mint(transport="websocket", mode="text")
    socket = open_socket(ada, call)
    assert [hear(socket)["type"] for _ in range(2)] == ["session.created", "session.updated"]
    file = scripted_app.folder / "vivavoce.db"
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")  # for half a second nothing can be written
    unlock = threading.Timer(0.5, holder.close)
    unlock.start()

    done = answer(socket)[-1]

    with closing(sqlite3.connect(file)) as reader:
        found = reader.execute("SELECT response_id FROM usage WHERE call_id = ?", [call["call_id"]])
        assert found.fetchall() == [(done["response"]["id"],)]
    unlock.join()
    socket.close()
