"""Who answers a call: the provider, or the engine once the day's money is used up."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from services.calls.session import CallRequest, ModeOffer, offer_modes
from services.calls.standing import Standing
from services.errors import BudgetUsed, ProviderError
from services.providers.base import Provider
from services.storage.calls import EndedCall
from services.storage.models import Call
from services.usage.landing import LANDING, LAST_STEP, next_rung

FREE = "engine"
"""The provider that costs nothing."""
NOTHING_LEFT = (
    "This server has spent what it may spend today. You can talk again after midnight UTC."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Route:
    """Where a call goes."""

    provider: Provider
    request: CallRequest
    is_landing: bool
    """It costs money that is not there any more, and ends soon."""


class Switchboard:
    """The providers of this process."""

    def __init__(self, provider: Provider, spare: Provider | None, modes: tuple[str, ...]) -> None:
        """Connect to these.

        Args:
            provider: answers calls.
            spare: the engine, where it runs besides another provider.
            modes: that the operator allows.
        """
        self.provider = provider
        self._spare = spare
        self._modes = modes

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Name all of them."""
        return (self.provider,) if self._spare is None else (self.provider, self._spare)

    def modes(self, provider: Provider | None = None) -> tuple[ModeOffer, ...]:
        """Say in which modes one may talk, and why not in the others."""
        return offer_modes(self._modes, (provider or self.provider).abilities)

    def route(self, request: CallRequest, standing: Standing) -> Route:
        """Say who answers.

        Raises:
            BudgetUsed: nobody who costs nothing is there.
        """
        if not self.costs_too_much(standing):
            return Route(self.provider, request, is_landing=False)
        falling = standing.live_call(request.conversation_id)
        rung = self._rung(falling.mode) if falling else self._rung("text")
        if rung == "text" and request.mode != "native":
            return Route(self.provider, replace(request, mode="text"), is_landing=True)
        if self._spare is not None:
            # Models and voices have other names there.
            request = replace(request, model=None, voice=None)
            return Route(self._spare, request, is_landing=False)
        raise BudgetUsed(NOTHING_LEFT)

    def require_money(self, call: Call, standing: Standing) -> None:
        """See that a call may spend some, or is about to end.

        Raises:
            BudgetUsed: it may not.
        """
        if call.landing_at is None and self.costs_too_much(standing, call):
            raise BudgetUsed(NOTHING_LEFT)

    def costs_too_much(self, standing: Standing, call: Call | None = None) -> bool:
        """Say whether a call costs money that is not there any more."""
        name = call.provider if call is not None else self.provider.name
        return name != FREE and standing.money.is_used_up

    def next_of(self, call: Call, now: datetime) -> str | None:
        """Say with what a call goes on that may not spend any more: `text`, `engine` or `end`.

        None: with nothing yet, as it has just come down from sound to text.
        """
        begun, landing_at = call.connected_at, call.landing_at
        has_come_down = begun is not None and landing_at is not None and landing_at < begun
        if has_come_down and landing_at is not None and now < landing_at + LANDING - LAST_STEP:
            return None
        return self._rung(call.mode) or "end"

    def of(self, call: Call | EndedCall) -> Provider:
        """Find who answers this call."""
        answering = (each for each in self.providers if each.name == call.provider)
        return next(answering, self.provider)

    def hang_up(self, call: Call | EndedCall) -> None:
        """Tell the provider; if it does not listen, its own watchdog ends the call."""
        if call.provider_call_id is None:
            return
        try:
            self.of(call).hang_up(call.provider_call_id)
        except ProviderError as error:
            log.warning("call %s could not be hung up: %s", call.id, error)

    def _rung(self, mode: str) -> str | None:
        can_write = any(offer.name == "text" and offer.available for offer in self.modes())
        return next_rung(mode, can_write=can_write, has_engine=self._spare is not None)
