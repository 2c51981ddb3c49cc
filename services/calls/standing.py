"""Where somebody stands today: minutes, live calls, and the money of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.calls.minutes import fair_share, is_lost, seconds_used
from services.calls.terms import Rules
from services.errors import DailyMinutesUsed
from services.storage.limits import TAKE_OVER
from services.storage.models import Call
from services.usage.landing import LANDING, Money


@dataclass(frozen=True)
class Standing:
    """As it is at one moment."""

    rules: Rules
    now: datetime
    calls: tuple[Call, ...]
    """Of today, as far as they were connected."""
    micro_usd_spent: int
    """Of today, by everybody."""

    @property
    def money(self) -> Money:
        """Of today."""
        return Money(self.micro_usd_spent, self.rules.day_micro_usd)

    @property
    def seconds_left(self) -> int:
        """Of today, for this person; may be negative."""
        return int(self.rules.day_seconds - seconds_used(self.calls, self.now))

    @property
    def has_lost(self) -> bool:
        """Whether a call has to be ended because nobody hears of it."""
        return any(is_lost(call, self.now) for call in self.calls)

    def require_minutes(self) -> None:
        """See that there are some.

        Raises:
            DailyMinutesUsed: none are left.
        """
        if self.seconds_left <= 0:
            raise DailyMinutesUsed(
                f"You have talked for {self.rules.day_seconds // 60} minutes today, which is "
                "all that this server allows. You can talk again after midnight UTC."
            )

    def others_at_once(self, conversation_id: str | None) -> int:
        """Count other conversations that have a live call."""
        live = (call for call in self.calls if call.ended_at is None)
        return len({call.conversation_id or call.id for call in live} - {conversation_id})

    def live_call(self, conversation_id: str | None) -> Call | None:
        """Find the newest live call of a conversation."""
        live = [
            call
            for call in self.calls
            if call.ended_at is None and call.conversation_id == conversation_id
        ]
        return max(live, key=lambda call: call.created_at, default=None)

    def end_of(self, call: Call) -> tuple[datetime, str]:
        """Say when a call ends, if nobody ends it before, and why."""
        begun = call.connected_at or self.now
        live = {each.id for each in self.calls if each.ended_at is None} | {call.id}
        ends = [
            (begun + timedelta(seconds=self.rules.call_seconds), "limit"),
            (self.now + fair_share(self.seconds_left, len(live)), "day"),
        ]
        ends += [(at + TAKE_OVER, "user") for at in self._begun_after(begun, call.conversation_id)]
        if call.landing_at is not None:
            ends.append((call.landing_at + LANDING, "budget"))
        return min(ends)

    def _begun_after(self, begun: datetime, conversation_id: str | None) -> list[datetime]:
        """Say when live calls began that take over a conversation."""
        if conversation_id is None:
            return []
        live = (each for each in self.calls if each.ended_at is None)
        starts = (each.connected_at for each in live if each.conversation_id == conversation_id)
        return [at for at in starts if at is not None and at > begun]
