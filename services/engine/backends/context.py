"""Keeps a conversation within a model's context: pure."""

from __future__ import annotations

from services.engine.stages import Message

_BYTES_PER_TOKEN = 3
"""English has 4 to 5 and other scripts about 3, so this errs on the safe side."""
_FRAME_TOKENS = 8
"""What a chat template puts around a message."""


def fit(messages: tuple[Message, ...], tokens: int) -> tuple[Message, ...]:
    """Drop the oldest turns so that the rest fits; instructions and the newest turn stay.

    Turns are dropped in bulk, to half of the room, whenever it is full, and where that happens
    depends only on the messages before: so the beginning of the prompt stays the same for many
    turns and the model need not read it again.
    """
    count = _leading_instructions(messages)
    head = list(messages[:count])
    if head and _sum(head) > tokens // 2:
        head = [_beginning("\n".join(message.text for message in head), tokens // 2)]
    room = tokens - _sum(head)
    kept: list[Message] = []
    for message in messages[count:]:
        kept.append(message)
        if _sum(kept) > room:
            kept = _newest(kept, room // 2)
    if kept and _sum(kept) > room:
        kept = [_shortened(kept[-1], room)]
    return (*head, *kept)


def _leading_instructions(messages: tuple[Message, ...]) -> int:
    for index, message in enumerate(messages):
        if message.role != "system":
            return index
    return len(messages)


def _newest(messages: list[Message], room: int) -> list[Message]:
    kept = list(messages)
    while len(kept) > 1 and (_sum(kept) > room or kept[0].role in ("assistant", "tool")):
        # A reply or a tool's output without what it answers would only confuse.
        kept.pop(0)
    return kept


def _beginning(text: str, room: int) -> Message:
    size = max(1, (room - _FRAME_TOKENS) * _BYTES_PER_TOKEN)
    return Message("system", text.encode()[:size].decode("utf-8", "ignore"))


def _shortened(message: Message, room: int) -> Message:
    """Keep the end of a turn that alone is too long."""
    size = max(1, (room - _FRAME_TOKENS) * _BYTES_PER_TOKEN)
    text = message.text.encode()[-size:].decode("utf-8", "ignore")
    return Message(message.role, text, (), message.tool_call_id)


def _sum(messages: list[Message]) -> int:
    return sum(_tokens(message) for message in messages)


def _tokens(message: Message) -> int:
    calls = "".join(call.name + call.arguments for call in message.tool_calls)
    return _FRAME_TOKENS + len((message.text + calls).encode()) // _BYTES_PER_TOKEN + 1
