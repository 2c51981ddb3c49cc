"""A line to the provider that speaks events, however they travel; and a turn in words over it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from services.check.steps import Obstacle
from services.errors import ProviderError
from services.providers.base import Provider

REPLY_SECONDS = 20.0
"""For a whole answer of a few words."""
QUESTION = "Answer with the one word hello, and nothing else."
TEXT_BEGINS = ("response.output_text.delta", "response.text.delta")
"""The second is the name of the beta, which some servers still use."""
TEXT_ENDS = ("response.output_text.done", "response.text.done")

Event = dict[str, object]


class Line(Protocol):
    """Open from the beginning."""

    def send(self, event: Event) -> None:
        """Send an event.

        Raises:
            Obstacle: the line is gone.
        """
        ...

    def receive(self, seconds: float) -> Event | None:
        """Wait for the next event; None: there was none in this time.

        Raises:
            Obstacle: the line is gone.
        """
        ...

    def close(self) -> None:
        """End it; may be called twice."""
        ...


@dataclass(frozen=True)
class TextReply:
    """What came back to a question."""

    text: str
    first_seconds: float
    """Until its first word."""


def hold_text_turn(line: Line, provider: Provider, seconds: float = REPLY_SECONDS) -> TextReply:
    """Ask something in words, and read the answer.

    Raises:
        Obstacle: there is none.
        ProviderError: it failed; in words that fit the provider.
    """
    content = [{"type": "input_text", "text": QUESTION}]
    item = {"type": "message", "role": "user", "content": content}
    line.send({"type": "conversation.item.create", "item": item})
    line.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
    begun = time.monotonic()
    text, first = "", 0.0
    while (left := begun + seconds - time.monotonic()) > 0:
        event = line.receive(left)
        if event is None:
            continue
        kind = event.get("type")
        if kind in TEXT_BEGINS:
            first = first or time.monotonic() - begun
            text += str(event.get("delta") or "")
        elif kind in TEXT_ENDS:
            return TextReply(str(event.get("text") or text), first or time.monotonic() - begun)
        elif kind in ("error", "response.done"):
            raise _failure(event, provider)
    raise Obstacle(
        f"No answer came within {seconds:g} s. See whether the model answers at all, in the "
        "provider's own console, and whether its quota is used up."
    )


def _failure(event: Event, provider: Provider) -> ProviderError | Obstacle:
    """Say what an error or a failed reply means."""
    response = event.get("response")
    found: object = event.get("error")
    if isinstance(response, dict):
        details = response.get("status_details")
        found = details.get("error") if isinstance(details, dict) else None
    if not isinstance(found, dict):
        return Obstacle("The model ended its answer without a word.")
    code, message = (str(found.get(key) or "") for key in ("code", "message"))
    return provider.refusal(0, code or str(found.get("type") or ""), message)
