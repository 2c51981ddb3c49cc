"""What was made for somebody outside of a call's own line: speech, and recordings written down.

Whoever asks for it cannot see whether a voice spoke or a memory did. So a voice that is paid for
notes what it makes, and who asked looks at the notes afterwards.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from services.usage.cost import Counts, cost_of
from services.usage.prices import price_of

CHARACTERS_PER_SECOND = 15
"""Of ordinary speech, where the sound itself cannot be measured."""


@dataclass(frozen=True)
class Made:
    """One piece of work of somebody who is paid for it."""

    kind: str
    """`speech` or `transcription`."""
    provider: str
    model: str
    counts: Counts

    @property
    def cost_micro_usd(self) -> int | None:
        """Millionths of a dollar; None: the model has no price here."""
        return cost_of(price_of(self.provider, self.model), self.counts)


_notes: ContextVar[list[Made] | None] = ContextVar("notes", default=None)


def begin_notes() -> list[Made]:
    """Give the list to which all work of this thread is noted, until it begins another one."""
    notes: list[Made] = []
    _notes.set(notes)
    return notes


def note(made: Made) -> None:
    """Note what was made, if anybody wants to know."""
    notes = _notes.get()
    if notes is not None:
        notes.append(made)


def spoken(provider: str, model: str, characters: int, seconds: float | None) -> Made:
    """Describe speech in the unit in which this model is sold.

    Args:
        provider: who spoke.
        model: with which model.
        characters: of the text.
        seconds: of the sound; None: it was not measured.
    """
    price = price_of(provider, model)
    if price is not None and price.million_characters is None and price.minute is not None:
        measured = characters / CHARACTERS_PER_SECOND if seconds is None else seconds
        return Made("speech", provider, model, Counts(seconds=measured))
    return Made("speech", provider, model, Counts(characters=characters))
