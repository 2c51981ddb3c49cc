"""What becomes of a call when the money of the day is used up. Pure.

It does not fall silent in the middle of a word: from sound it goes on in text, which costs a
fraction, and from there with the engine, which costs nothing. Where there is neither, somebody has
two minutes to say goodbye.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

NOTICE_SHARE = 0.8
"""Of the day's money: from here on people are told."""
LANDING = timedelta(minutes=2)
"""So long a call may go on that costs money when there is none left."""
LAST_STEP = timedelta(seconds=45)
"""So long before the end a call in text mode moves on to the engine: three heartbeats."""


@dataclass(frozen=True)
class Money:
    """Of one day, in millionths of a dollar."""

    spent: int
    budget: int | None
    """None: there is no limit."""

    @property
    def share(self) -> float | None:
        """How much of it is used up, 1.0: all of it; None: there is no limit."""
        if self.budget is None:
            return None
        return self.spent / self.budget

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left."""
        return self.budget is not None and self.spent >= self.budget


def next_rung(mode: str, *, can_write: bool, has_engine: bool) -> str | None:
    """Say with what a paid call goes on: `text`, `engine`, or None: with nothing.

    Args:
        mode: of the call.
        can_write: text mode is on offer.
        has_engine: there is an engine besides the provider.
    """
    if mode == "native" and can_write:
        return "text"
    return "engine" if has_engine else None
