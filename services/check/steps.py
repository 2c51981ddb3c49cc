"""Steps of a check: each is tried, timed and told, whatever became of the one before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.errors import AssistantError


@dataclass(frozen=True)
class Step:
    """What came of one step."""

    name: str
    """For people."""
    outcome: Literal["ok", "failed", "skipped"]
    seconds: float
    detail: str
    """What was seen; of a failure the remedy, of a step that was left out the reason."""


class Skipped(Exception):
    """A step does not apply here; the message says why."""


class Obstacle(Exception):
    """Something is wrong that only this check finds out; the message holds the remedy."""


def take_step(name: str, work: Callable[[], str]) -> Step:
    """Do one step; `work` says what was seen."""
    begun = time.monotonic()

    def came(outcome: Literal["ok", "failed", "skipped"], detail: str) -> Step:
        return Step(name, outcome, time.monotonic() - begun, detail)

    try:
        return came("ok", work())
    except Skipped as reason:
        return came("skipped", str(reason))
    except (AssistantError, Obstacle) as error:
        return came("failed", str(error))
