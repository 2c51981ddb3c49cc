"""The `response` event family: asking for a response, and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.engine.errors import ProtocolError
from services.engine.protocol import output_audio, response_output
from services.engine.protocol.checks import bad, plain_object, text
from services.engine.protocol.commands import StartReply, StopReply
from services.engine.protocol.history import prompt_of
from services.engine.protocol.items import Item, item_from_client
from services.engine.protocol.response import Response, Status
from services.engine.stages import Finish, Prompt

if TYPE_CHECKING:
    from services.engine.protocol.session import Session

METADATA_LIMIT = 16
METADATA_KEY_LIMIT = 64
METADATA_VALUE_LIMIT = 512


def create(session: Session, event: dict[str, Any]) -> None:
    """Handle `response.create`."""
    wanted = plain_object(event.get("response") or {}, "response")
    response = Response(
        config=session.config.for_response(wanted),
        in_conversation=wanted.get("conversation", "auto") == "auto",
        input=_input_items(session, wanted.get("input")),
        metadata=_metadata(wanted.get("metadata")),
    )
    if response.in_conversation and session.active:
        raise ProtocolError(
            f"Conversation already has an active response in progress: {session.active.id}. "
            "Wait for response.done or cancel it.",
            code="conversation_already_has_active_response",
        )
    _start(session, response)


def cancel(session: Session, event: dict[str, Any]) -> None:
    """Handle `response.cancel`; sound that is made already plays on until it is cleared."""
    response_id = event.get("response_id")
    if response_id is None:
        response = session.active
    else:
        response = find(session, text(response_id, "response_id"))
    if response is None:
        raise ProtocolError(
            "Cancellation failed: no active response found.", code="response_cancel_not_active"
        )
    _cancel(session, response, "client_cancelled")


def find(session: Session, response_id: str) -> Response | None:
    """The response of this id if it is still being made."""
    if session.active and session.active.id == response_id:
        return session.active
    return session.aside.get(response_id)


def reply_to_turn(session: Session) -> None:
    """A turn of the user has ended: answer it, at once or after the response that is active."""
    if session.active:
        session.reply_owed = True
        return
    _start(session, Response(config=session.config, answers=session.history.items[-1].id))


def interrupt(session: Session, reason: str) -> None:
    """Stop making the active response and silence what is being heard."""
    if session.active:
        _cancel(session, session.active, reason)
    output_audio.silence(session)


def is_answerable(session: Session, response: Response) -> bool:
    """False if the turn that it answers turned out to have no words."""
    return all(item.text for item in session.history.items if item.id == response.answers)


def prompt_for(session: Session, response: Response) -> Prompt:
    """What the model is to read for this response."""
    return prompt_of(_read(session, response), response.config)


def prompt_if_said(session: Session, words: str) -> Prompt:
    """What the model will read if the turn that is being spoken ends with these words."""
    turn = Item("", "message", role="user", text=words, spoken=True)
    return prompt_of([*session.history.items, turn], session.config)


def prompt_so_far(session: Session) -> Prompt:
    """What the model will read before the next turn."""
    return prompt_of(session.history.items, session.config)


def finish(session: Session, response: Response, result: Finish) -> None:
    """The model has written all of it."""
    response_output.close_message(session, response, "completed")
    response.count_usage(_read(session, response), result)
    if result.reason == "length":
        _end(session, response, "incomplete", {"reason": "max_output_tokens"})
    else:
        _end(session, response, "completed", {})


def fail(session: Session, response: Response, code: str, message: str) -> None:
    """A stage failed; the call goes on."""
    response_output.close_message(session, response, "incomplete")
    response.count_usage(_read(session, response), None)
    error = {"type": "server_error", "code": code, "message": message}
    _end(session, response, "failed", {"error": error})


def _start(session: Session, response: Response) -> None:
    if response.in_conversation:
        session.active = response
    else:
        session.aside[response.id] = response
    session.emit("response.created", response=response.to_wire(session.conversation_id))
    session.do(StartReply(response))


def _cancel(session: Session, response: Response, reason: str) -> None:
    session.do(StopReply(response.id))
    response_output.close_message(session, response, "incomplete")
    response.count_usage(_read(session, response), None)
    if reason == "turn_detected":
        session.reply_owed = False  # the turn that interrupts is the one to be answered
    _end(session, response, "cancelled", {"reason": reason})


def _end(session: Session, response: Response, status: Status, details: dict[str, Any]) -> None:
    response.status = status
    response.status_details = {"type": status, **details}
    if session.active is response:
        session.active = None
    session.aside.pop(response.id, None)
    session.emit("response.done", response=response.to_wire(session.conversation_id))
    if session.reply_owed and session.active is None:
        session.reply_owed = False
        reply_to_turn(session)


def _read(session: Session, response: Response) -> list[Item]:
    made = {item.id for item in response.output}
    items = session.history.items if response.input is None else response.input
    return [item for item in items if item.id not in made]


def _input_items(session: Session, value: Any) -> list[Item] | None:
    if value is None:
        return None
    items = []
    for index, entry in enumerate(value):
        path = f"response.input[{index}]"
        if plain_object(entry, path).get("type") == "item_reference":
            item_id = text(entry.get("id"), f"{path}.id")
            items.append(session.history.find(item_id, f"{path}.id"))
        else:
            items.append(item_from_client(entry, path))
    return items


def _metadata(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    fits = len(value) <= METADATA_LIMIT and all(
        isinstance(entry, str)
        and len(name) <= METADATA_KEY_LIMIT
        and len(entry) <= METADATA_VALUE_LIMIT
        for name, entry in value.items()
    )
    if not fits:
        raise bad(
            "response.metadata",
            f"at most {METADATA_LIMIT} pairs of strings, keys of {METADATA_KEY_LIMIT} and "
            f"values of {METADATA_VALUE_LIMIT} characters",
        )
    return dict(value)
