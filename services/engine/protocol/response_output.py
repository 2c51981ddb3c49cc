"""The events of what a response says: its items, their parts, words, sound and function calls."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from services.engine.protocol import item_events
from services.engine.protocol.ids import new_id
from services.engine.protocol.items import Clause, Item, Status
from services.engine.protocol.response import Response
from services.engine.stages import Pcm, ToolCall

if TYPE_CHECKING:
    from services.engine.protocol.session import Session

DELTA_SECONDS = 0.4
"""A voice may give a whole sentence at once; clients take messages of 1 MiB and often less."""


def words(session: Session, response: Response, delta: str) -> None:
    """More words of a reply in text."""
    item = _open_message(session, response)
    item.text += delta
    session.emit("response.output_text.delta", **_part_place(response, item), delta=delta)


def sound(session: Session, response: Response, pcm: Pcm) -> None:
    """More sound of a spoken reply; over WebRTC it travels on the track alone."""
    item = _open_message(session, response)
    item.made_ms += pcm.seconds * 1000
    if session.carries_audio_events:
        session.has_spoken = True
        place, step = _part_place(response, item), int(DELTA_SECONDS * pcm.rate)
        for begin in range(0, len(pcm.samples), step):
            audio = pcm.samples[begin : begin + step].astype("<i2").tobytes()
            delta = base64.b64encode(audio).decode()
            session.emit("response.output_audio.delta", **place, delta=delta)


def spoken(session: Session, response: Response, clause: Clause) -> None:
    """The words of the sound that was made last, with its place in the reply's sound."""
    item = _open_message(session, response)
    item.text += clause.text
    item.clauses.append(clause)
    session.emit(
        "response.output_audio_transcript.delta",
        **_part_place(response, item),
        delta=clause.text,
        audio_start_ms=clause.start_ms,
        audio_end_ms=clause.end_ms,
    )


def tool_call(session: Session, response: Response, call: ToolCall) -> None:
    """The model wants a function to be called; the client does it."""
    close_message(session, response, "completed")
    empty = ToolCall(call.call_id, call.name, "")
    item = Item(new_id("item"), "function_call", tool_call=empty, status="in_progress")
    _add_item(session, response, item)
    place = _item_place(response, item) | {"call_id": call.call_id}
    session.emit("response.function_call_arguments.delta", **place, delta=call.arguments)
    session.emit(
        "response.function_call_arguments.done", **place, name=call.name, arguments=call.arguments
    )
    item.tool_call = call
    _item_done(session, response, item, "completed")


def close_message(session: Session, response: Response, status: Status) -> None:
    """End the message that is being written, if there is one."""
    item = response.message
    if item is None or item.status != "in_progress":
        return
    place = _part_place(response, item)
    if item.spoken:
        session.emit("response.output_audio.done", **place)
        session.emit("response.output_audio_transcript.done", **place, transcript=item.text)
    else:
        session.emit("response.output_text.done", **place, text=item.text)
    session.emit("response.content_part.done", **place, part=_part(item))
    _item_done(session, response, item, status)


def _open_message(session: Session, response: Response) -> Item:
    item = response.message
    if item is not None:
        return item
    item = Item(
        new_id("item"),
        "message",
        role="assistant",
        spoken=response.config.wants_audio,
        status="in_progress",
    )
    _add_item(session, response, item)
    session.emit("response.content_part.added", **_part_place(response, item), part=_part(item))
    return item


def _add_item(session: Session, response: Response, item: Item) -> None:
    item.response_id = response.id
    response.output.append(item)
    wire = item.to_wire()
    if item.kind == "message":
        wire["content"] = []
    place = {"response_id": response.id, "output_index": len(response.output) - 1}
    session.emit("response.output_item.added", **place, item=wire)
    if response.in_conversation:
        item_events.add(session, item)


def _item_done(session: Session, response: Response, item: Item, status: Status) -> None:
    item.status = status
    if response.in_conversation and item in session.history.items:
        session.emit(
            "conversation.item.done",
            item=item.to_wire(),
            previous_item_id=session.history.before(item),
        )
    place = {"response_id": response.id, "output_index": response.output.index(item)}
    session.emit("response.output_item.done", **place, item=item.to_wire())


def _item_place(response: Response, item: Item) -> dict[str, Any]:
    return {
        "response_id": response.id,
        "item_id": item.id,
        "output_index": response.output.index(item),
    }


def _part_place(response: Response, item: Item) -> dict[str, Any]:
    return _item_place(response, item) | {"content_index": 0}


def _part(item: Item) -> dict[str, Any]:
    # Parts say "audio" and "text" where items say "output_audio" and "output_text".
    if item.spoken:
        return {"type": "audio", "transcript": item.text}
    return {"type": "text", "text": item.text}
