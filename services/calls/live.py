"""Watches over the calls that are going on: heartbeats, what they cost, and their end."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.calls import bill
from services.calls.attention import Attention
from services.calls.minutes import day_start, is_lost
from services.calls.standing import Standing
from services.calls.switchboard import FREE, Switchboard
from services.calls.terms import Pulse, Rules, Tally, why_ended
from services.errors import CallEnded, StorageUnavailable
from services.storage.calls import EndedCall, end_due, end_lost, get_call, is_anything_due
from services.storage.conversations import is_anything_to_sweep, sweep_deleted
from services.storage.database import Database
from services.storage.erasure import last_erasure
from services.storage.limits import read_today
from services.storage.models import Call, User
from services.storage.usage import (
    CallCost,
    NewUsage,
    cost_of_call,
    cost_of_turns,
    record_usage,
    spend,
    spent_in,
)
from services.usage.made import Made
from services.usage.report import Used, models_of, read_used

log = logging.getLogger(__name__)


class LiveCalls:
    """Use of the database and the providers; one for the process."""

    def __init__(
        self,
        database: Database,
        switchboard: Switchboard,
        rules: Rules,
        clock: Callable[[], datetime],
    ) -> None:
        """Watch by these rules; `clock` gives the time in UTC."""
        self._database = database
        self._switchboard = switchboard
        self._rules = rules
        self._clock = clock
        self.attention = Attention(clock)
        """Whether silence proves anything now."""
        self._unclear: set[str] = set()

    def heartbeat(self, user_id: str, call_id: str) -> Pulse:
        """Note that the call is alive; end it when its time is over.

        Raises:
            NotFound: the call is not theirs.
            CallEnded: it is over.
        """
        now = self._clock()
        with self._database.write() as session:
            call = get_call(session, user_id, call_id, to_change=True)
            if call.ended_at is not None:
                raise CallEnded(why_ended(call))
            standing = Standing(self._rules, now, *read_today(session, user_id, day_start(now)))
            tally = self._tally(call, standing, cost_of_call(session, call_id))
            ends_at, why = standing.end_of(call)
            is_over = now >= ends_at
            if is_over:
                call.ended_at, call.end_reason = ends_at, why
            elif call.connected_at is not None:
                call.last_seen_at = now
                call.ends_at, call.end_reason = ends_at, why
        if is_over:
            self._switchboard.hang_up(call)
            raise CallEnded(why_ended(call))
        return Pulse(ends_at, int((ends_at - now).total_seconds()), tally)

    def note(
        self,
        user_id: str,
        call_id: str,
        events: Iterable[Mapping[str, object]],
        *,
        is_hearsay: bool = False,
    ) -> Tally:
        """Write down what the provider says was used; each event counts once.

        Args:
            user_id: whose call.
            call_id: which one.
            events: of the provider; those that tell nothing of use are passed over.
            is_hearsay: a page tells them. It is believed what its call can have cost, unless this
                server heard the call by itself.

        Raises:
            NotFound: the call is not theirs.
        """
        told = [used for used in map(read_used, events) if used is not None]
        now = self._clock()
        with self._database.write() as session:
            call = get_call(session, user_id, call_id, to_change=True)
            if call.connected_at is not None:
                rows = self._rows(call, told)
                if is_hearsay:
                    rows = bill.believe(call, rows, spent_in(session, call_id), now)
                for row in rows:
                    record_usage(session, user_id, call_id, row, now)
            standing = Standing(self._rules, now, *read_today(session, user_id, day_start(now)))
            tally = self._tally(call, standing, cost_of_call(session, call_id))
            items = {used.item_id for used in told if used.item_id is not None}
            tally = replace(tally, turns=cost_of_turns(session, call_id, items))
            if call.connected_at is not None and call.ended_at is None:
                call.ends_at, call.end_reason = standing.end_of(call)
        return tally

    def note_made(self, user_id: str, made: Sequence[Made], begun: datetime) -> None:
        """Write down what was made for somebody besides a call's own line; does not fail.

        Args:
            user_id: for whom.
            made: what.
            begun: when they asked for it. They may have deleted everything since.
        """
        if not made:
            return
        now = self._clock()
        rows = [bill.of_work(each) for each in made]
        try:
            with self._database.write() as session:
                erased_at = last_erasure(session)
                was_erased = erased_at is not None and erased_at >= begun
                if was_erased or session.get(User, user_id) is None:
                    # Nobody yet, or nobody any more: what they deleted must not begin anew.
                    spend(session, now.date(), sum(row.spent_micro_usd for row in rows))
                    return
                calls, _ = read_today(session, user_id, day_start(now))
                live = [call for call in calls if call.ended_at is None and call.mode == "text"]
                newest = max(live, key=lambda call: call.created_at, default=None)
                for row in rows:
                    record_usage(session, user_id, newest.id if newest else None, row, now)
        except StorageUnavailable as error:
            log.warning("the cost of speech could not be written down: %s", error)

    def may_spend(self, user_id: str, *, in_any_call: bool = False) -> bool:
        """Say whether something may be spent for this person besides a call's own line.

        Args:
            user_id: who asks.
            in_any_call: also where the day's money is used up, while a call of theirs goes on;
                else only while one is coming down that costs money.
        """
        if self._rules.day_micro_usd is None:
            return True
        now = self._clock()
        with self._database.read() as session:
            standing = Standing(self._rules, now, *read_today(session, user_id, day_start(now)))
        live = [call for call in standing.calls if call.ended_at is None]
        # One that costs money is about to land, or to end.
        is_landing = any(in_any_call or call.provider != FREE for call in live)
        return is_landing or not standing.money.is_used_up

    def end(self, user_id: str, call_id: str) -> None:
        """End a call, also at the provider; it may be ended twice.

        Raises:
            NotFound: the call is not theirs.
        """
        with self._database.write() as session:
            call = get_call(session, user_id, call_id, to_change=True)
            if call.ended_at is not None:
                return
            call.ended_at, call.end_reason = self._clock(), "user"
        self._switchboard.hang_up(call)

    def watch(self, user_id: str, call_id: str, was_heard: bool) -> None:
        """End a relayed call that is over by its time, or silent and without a heartbeat.

        Raises:
            CallEnded: it is over.
        """
        if not was_heard:
            now = self._clock()
            with self._database.read() as session:
                call = get_call(session, user_id, call_id)
            was_ended = is_lost(call, now) and self.end_lost(user_id)
            is_going_on = call.ended_at is None and (call.ends_at is None or now < call.ends_at)
            if is_going_on and not was_ended:
                return
        self.heartbeat(user_id, call_id)

    def end_lost(self, user_id: str) -> bool:
        """End the calls of one person of which nobody hears any more.

        Returns:
            False: that cannot be told now.
        """
        lost_before = self.attention.lost_before()
        if lost_before is None:
            return False
        with self._database.write() as session:
            lost = end_lost(session, lost_before, user_id)
        self._hang_up(lost)
        return True

    def sweep(self) -> None:
        """End the overdue and silent calls of everybody, and delete what was to be deleted.

        Several processes may do so at once: each call is given out to one of them.
        """
        now = self._clock()
        lost_before = self.attention.lost_before()
        with self._database.read() as session:
            is_due = is_anything_due(session, now, lost_before)
            is_deleted = is_anything_to_sweep(session, now)
        if is_due:
            with self._database.write() as session:
                ended = end_due(session, now, lost_before)
            self._hang_up(ended)
        if is_deleted:
            with self._database.write() as session:
                sweep_deleted(session, now)

    def _rows(self, call: Call, told: Iterable[Used]) -> list[NewUsage]:
        models = models_of(call.provider, call.model, json.loads(call.session))
        rows = [bill.of_line(used, models) for used in told]
        for row in rows:
            if row.cost_micro_usd is None:
                self._tell_once(row)
        return rows

    def _tell_once(self, row: NewUsage) -> None:
        """Tell the operator of a model whose cost is a guess."""
        if self._rules.day_micro_usd is not None and row.model not in self._unclear:
            self._unclear.add(row.model)
            log.warning(
                "DAILY_BUDGET_USD: what %s uses cannot be told; a first reply counts as $%.6f",
                row.model,
                row.spent_micro_usd / 1_000_000,
            )

    def _hang_up(self, calls: Iterable[EndedCall]) -> None:
        for call in calls:
            self._switchboard.hang_up(call)

    def _tally(self, call: Call, standing: Standing, cost: CallCost) -> Tally:
        """Add up; a call that may not spend any more is given a moment to land."""
        is_too_much = self._switchboard.costs_too_much(standing, call)
        is_falling = is_too_much and call.connected_at is not None and call.ended_at is None
        if is_falling and call.landing_at is None:
            call.landing_at = standing.now
        landing = self._switchboard.next_of(call, standing.now) if is_falling else None
        return Tally(cost, standing.money.share, landing)
