"""The items of one conversation, in order, and the prompt that the model reads of them."""

from __future__ import annotations

from collections.abc import Iterator

from services.engine.errors import ProtocolError
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.items import Item
from services.engine.stages import Message, Prompt

UNANSWERED = "There is no output yet: the function is still at work."
"""What stands for the output of a function call until it comes."""


class History:
    """An ordered list of items that knows each by its id."""

    def __init__(self) -> None:
        """Begin empty."""
        self.items: list[Item] = []

    def add(self, item: Item, after: str | None = None) -> str | None:
        """Put an item at the end, or after another; `root` means at the beginning.

        Returns:
            The id of the item before it, None for the first.

        Raises:
            ProtocolError: the id is taken, or there is no item `after`.
        """
        if any(other.id == item.id for other in self.items):
            raise ProtocolError(
                f"There is an item with the id '{item.id}' already.", param="item.id"
            )
        if after is None:
            position = len(self.items)
        elif after == "root":
            position = 0
        else:
            position = self.items.index(self.find(after, "previous_item_id")) + 1
        self.items.insert(position, item)
        return self.items[position - 1].id if position else None

    def find(self, item_id: str, param: str = "item_id") -> Item:
        """Look an item up.

        Raises:
            ProtocolError: there is none with this id.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise ProtocolError(
            f"There is no item with the id '{item_id}' in this conversation.",
            code="item_not_found",
            param=param,
        )

    def remove(self, item_id: str) -> None:
        """Forget an item.

        Raises:
            ProtocolError: there is none with this id.
        """
        self.items.remove(self.find(item_id))

    def before(self, item: Item) -> str | None:
        """The id of the item before this one, None for the first."""
        position = self.items.index(item)
        return self.items[position - 1].id if position else None


def prompt_of(items: list[Item], config: SessionConfig) -> Prompt:
    """What the model is to answer; items that it can make nothing of are left out."""
    system = [Message("system", config.instructions)] if config.instructions.strip() else []
    return Prompt(
        messages=(*system, *_messages_of(items)),
        tools=tuple(config.wire["tools"]),
        tool_choice=config.wire["tool_choice"],
        max_tokens=config.max_tokens,
    )


def _messages_of(items: list[Item]) -> Iterator[Message]:
    """Give each item's message, and each function call together with its output.

    Chat models take a call only with its output right behind it, but somebody may have spoken
    between the two, or the function may still be at work.
    """
    calls = {call_id: item for item in items if (call_id := _id_of(item, "function_call"))}
    answered = {_id_of(item, "function_call_output") for item in items}
    for item in items:
        message = item.to_message()
        call_id = _id_of(item, "function_call")
        if message is None or call_id in answered - {None}:
            continue
        call = calls.get(_id_of(item, "function_call_output") or "")
        called = call.to_message() if call else None
        yield from [called, message] if called else [message]
        if call_id is not None:
            yield Message("tool", UNANSWERED, tool_call_id=call_id)


def _id_of(item: Item, kind: str) -> str | None:
    """The id of the call if the item is of this kind."""
    return item.tool_call.call_id if item.tool_call and item.kind == kind else None
