"""Which events of a provider tell what was used, and what of them. Pure.

A reply tells it at its end, also one that was cut short, and so does each transcription.
Source: https://platform.openai.com/docs/api-reference/realtime-server-events
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.usage.cost import Counts, cost_of, most_of, read_usage
from services.usage.prices import FREE, price_of

REPLY = "response.done"
TRANSCRIPTION = "conversation.item.input_audio_transcription.completed"
LONGEST_ID = 100
"""Characters; ours and the providers' are a third of that."""


@dataclass(frozen=True)
class Used:
    """What one event tells."""

    kind: str
    """`reply` or `transcription`."""
    id: str
    """The same for the same reply, however often it is told."""
    item_id: str | None
    """Of the turn."""
    counts: Counts | None
    """None: it was told in a way that this version does not understand."""
    usage: Mapping[str, object]
    """As it was told."""


@dataclass(frozen=True)
class Models:
    """Who is paid for a call."""

    provider: str
    reply: str
    transcription: str
    """Empty: nobody writes down."""

    def cost(self, used: Used) -> int | None:
        """Give millionths of a dollar; None: it cannot be told."""
        price = price_of(self.provider, self.of(used))
        if price is FREE or used.counts == Counts():
            return 0
        return None if used.counts is None else cost_of(price, used.counts)

    def most(self, used: Used) -> int:
        """Give the millionths of a dollar that it may have cost at most, where `cost` is None."""
        return most_of(price_of(self.provider, self.of(used)), used.usage)

    def of(self, used: Used) -> str:
        """Name the model that did this."""
        return self.reply if used.kind == "reply" else self.transcription


def read_used(event: Mapping[str, object]) -> Used | None:
    """Read one event; None: it tells nothing of use."""
    if event.get("type") == REPLY:
        return _of_reply(event.get("response"))
    usage = event.get("usage")
    if event.get("type") == TRANSCRIPTION and isinstance(usage, Mapping):
        item_id, part = _id(event.get("item_id")), event.get("content_index") or 0
        if item_id is None:
            return None
        name = f"heard_{item_id}_{part}"[: LONGEST_ID + 20]
        return Used("transcription", name, item_id, read_usage(usage), usage)
    return None


def models_of(provider: str, model: str, session: Mapping[str, object]) -> Models:
    """Read from a session object who is paid."""
    written_by: object = session
    for name in ("audio", "input", "transcription", "model"):
        written_by = written_by.get(name) if isinstance(written_by, Mapping) else None
    return Models(provider, model, written_by if isinstance(written_by, str) else "")


def _of_reply(response: object) -> Used | None:
    usage = response.get("usage") if isinstance(response, Mapping) else None
    if not isinstance(response, Mapping) or not isinstance(usage, Mapping):
        return None
    response_id = _id(response.get("id"))
    if response_id is None:
        return None
    return Used("reply", response_id, _first_item(response), read_usage(usage), usage)


def _first_item(response: Mapping[str, object]) -> str | None:
    output = response.get("output")
    items = output if isinstance(output, list) else []
    spoken = [item for item in items if isinstance(item, Mapping) and item.get("type") == "message"]
    return _id(spoken[0].get("id")) if spoken else None


def _id(value: object) -> str | None:
    """Take an id that fits into its column."""
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_ID else None
