"""Warns of models that end, or that are not there, before a call finds out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.errors import AssistantError
from services.providers.retirements import Retirement, find_retirement

log = logging.getLogger(__name__)

Listing = Callable[[], Mapping[str, date | None]]
"""Lists the models of the provider, each with the day on which it ends; empty: it has no list."""


@dataclass(frozen=True)
class WantedModel:
    """A model that the operator chose, or left to us."""

    setting: str
    """The name in the environment that chooses it."""
    model: str
    """A model, or on Azure the deployment, which often has its model's name."""
    house: Literal["openai", "azure"] | None
    """Whose calendar holds for it; None: a server that resembles them, with one of its own."""
    is_listed: bool
    """Whether it is to be found in the provider's list."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a model, or will be."""

    code: Literal["model-retired", "model-retiring", "model-unlisted"]
    sentence: str
    """For the operator: what, when, what to do."""


class ModelGuard:
    """Compares what is wanted with what there is."""

    def __init__(
        self, wanted: Sequence[WantedModel], listing: Listing, today: Callable[[], date]
    ) -> None:
        """Look at nothing yet."""
        self._wanted = tuple(wanted)
        self._listing = listing
        self._today = today

    @property
    def is_needed(self) -> bool:
        """Tell whether any model is wanted that somebody else may take away."""
        return bool(self._wanted)

    def look(self) -> tuple[Finding, ...]:
        """Ask for the list, compare, and write what was found to the log."""
        listed: Mapping[str, date | None] = {}
        if any(each.is_listed for each in self._wanted):
            try:
                listed = self._listing()
            except AssistantError as error:
                log.info("the models cannot be listed: %s", error)
        checked = [self._check(each, listed) for each in self._wanted]
        findings = tuple(finding for finding in checked if finding is not None)
        for finding in findings:
            log.warning("%s", finding.sentence)
        return findings

    def _check(self, wanted: WantedModel, listed: Mapping[str, date | None]) -> Finding | None:
        known = find_retirement(wanted.house, wanted.model) if wanted.house else None
        told = listed.get(wanted.model) if wanted.is_listed else None
        end = told or (known.on if known else None)
        if end is not None:
            return self._ending(wanted, end, _remedy(wanted, known))
        if wanted.is_listed and listed and wanted.model not in listed:
            return Finding(
                "model-unlisted",
                f"{wanted.setting}: {wanted.model} is not in the provider's list of models. "
                f"Set it to one of: {', '.join(_similar(wanted.model, listed))}.",
            )
        return None

    def _ending(self, wanted: WantedModel, end: date, remedy: str) -> Finding:
        days = (end - self._today()).days
        if days <= 0:
            said = f"{wanted.setting}: {wanted.model} ended on {end}."
            return Finding("model-retired", f"{said} {remedy}")
        when = "tomorrow" if days == 1 else f"in {days} days"
        said = f"{wanted.setting}: {wanted.model} ends on {end}, {when}."
        return Finding("model-retiring", f"{said} {remedy}")


def _remedy(wanted: WantedModel, known: Retirement | None) -> str:
    if known is None:
        return "Choose another one."
    if known.note:
        return known.note.replace("the successor", known.successor)
    if wanted.house == "azure":
        return f"Deploy {known.successor} and set the name of that deployment."
    return f"Its successor is {known.successor}."


def _similar(model: str, listed: Mapping[str, date | None]) -> list[str]:
    """Give the names that begin most like this one."""
    family = model.split("-")[:2]
    related = [name for name in listed if name.split("-")[:2] == family]
    return sorted(related or listed)[:8]
