"""The items of one conversation, in order, and the prompt that the model reads of them."""

from __future__ import annotations

from services.engine.errors import ProtocolError
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.items import Item
from services.engine.stages import Message, Prompt


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
    messages = [message for item in items if (message := item.to_message())]
    return Prompt(
        messages=(*system, *messages),
        tools=tuple(config.wire["tools"]),
        tool_choice=config.wire["tool_choice"],
        max_tokens=config.max_tokens,
    )
