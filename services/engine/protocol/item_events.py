"""The `conversation.item` event family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.engine.errors import ProtocolError
from services.engine.protocol.checks import integer, text
from services.engine.protocol.items import Item, check_audio_end_ms, item_from_client

if TYPE_CHECKING:
    from services.engine.protocol.session import Session


def create(session: Session, event: dict[str, Any]) -> None:
    """Handle `conversation.item.create`."""
    item = item_from_client(event.get("item"))
    after = event.get("previous_item_id")
    add(session, item, None if after is None else text(after, "previous_item_id"))
    session.emit(
        "conversation.item.done", item=item.to_wire(), previous_item_id=session.history.before(item)
    )


def add(session: Session, item: Item, after: str | None = None) -> None:
    """Put an item into the conversation and say so."""
    previous = session.history.add(item, after)
    session.emit("conversation.item.added", item=item.to_wire(), previous_item_id=previous)


def retrieve(session: Session, event: dict[str, Any]) -> None:
    """Handle `conversation.item.retrieve`."""
    item = session.history.find(_item_id(event))
    session.emit("conversation.item.retrieved", item=item.to_wire())


def delete(session: Session, event: dict[str, Any]) -> None:
    """Handle `conversation.item.delete`."""
    item_id = _item_id(event)
    session.history.remove(item_id)
    session.emit("conversation.item.deleted", item_id=item_id)


def truncate(session: Session, event: dict[str, Any]) -> None:
    """Handle `conversation.item.truncate`: the client knows how much it played."""
    item = session.history.find(_item_id(event))
    integer(0, 0)(event.get("content_index"), "content_index")
    audio_end_ms = check_audio_end_ms(event.get("audio_end_ms"), "audio_end_ms")
    if item.role != "assistant" or not item.spoken or not item.sound_ms:
        raise ProtocolError(
            "Only a spoken message of the assistant can be truncated; delete the item instead.",
            code="unsupported_content_type",
            param="item_id",
        )
    if audio_end_ms > item.sound_ms:
        raise ProtocolError(
            f"Audio content of {item.sound_ms}ms is already shorter than {audio_end_ms}ms.",
            param="audio_end_ms",
        )
    cut(session, item, audio_end_ms)


def cut(session: Session, item: Item, heard_ms: int) -> None:
    """Keep of a spoken reply what was heard and say so."""
    item.cut_at(heard_ms)
    session.emit(
        "conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=heard_ms
    )


def _item_id(event: dict[str, Any]) -> str:
    if "item_id" not in event:
        raise ProtocolError(
            "Missing required parameter: 'item_id'.",
            code="missing_required_parameter",
            param="item_id",
        )
    return text(event["item_id"], "item_id")
