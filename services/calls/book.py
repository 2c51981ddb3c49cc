"""The book of calls: opens and connects them; `live` watches over those that are going on.

All it knows is in the database, so that any worker can answer for any call.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.calls.bill import MODEL_LENGTH
from services.calls.keys import check_key, hash_key, safety_identifier
from services.calls.line import CallLine
from services.calls.live import LiveCalls
from services.calls.minutes import day_start
from services.calls.session import (
    CallRequest,
    ModeOffer,
    build_session,
    choose_mode,
    choose_transport,
)
from services.calls.standing import Standing
from services.calls.switchboard import Route, Switchboard
from services.calls.terms import OpenedCall, Rules, too_many, too_often, why_ended
from services.errors import (
    AlreadyConnected,
    CallEnded,
    InvalidField,
    KeyRefused,
    ProviderError,
)
from services.providers.base import Answer, Secret
from services.settings import Settings
from services.storage.calls import get_call
from services.storage.conversations import (
    create_conversation,
    get_conversation,
)
from services.storage.database import Database
from services.storage.limits import (
    claim_call,
    enter_call,
    lock_user,
    read_today,
    seconds_to_next,
)
from services.storage.models import Call
from services.storage.users import ensure_user


class CallBook:
    """Use of the database and the providers; one for the process."""

    def __init__(
        self,
        database: Database,
        switchboard: Switchboard,
        rules: Rules,
        clock: Callable[[], datetime],
    ) -> None:
        """Keep the book by these rules; `clock` gives the time in UTC."""
        self._database = database
        self.switchboard = switchboard
        """Who answers."""
        self._rules = rules
        self._clock = clock
        self.live = LiveCalls(database, switchboard, rules, clock)
        """Those that are going on."""

    def modes(self) -> tuple[ModeOffer, ...]:
        """Say in which modes one may talk, and why not in the others."""
        return self.switchboard.modes()

    def standing(self, user_id: str) -> Standing:
        """Say what somebody may still use today."""
        now = self._clock()
        with self._database.read() as session:
            return Standing(self._rules, now, *read_today(session, user_id, day_start(now)))

    def open(
        self,
        user_id: str,
        request: CallRequest,
        settings: Settings,
        tools: Sequence[Mapping[str, object]] = (),
    ) -> OpenedCall:
        """Prepare a call, and mint the browser's key if it needs one.

        Raises:
            InvalidField: something that was asked for is not on offer.
            NotFound: the conversation is not theirs.
            DailyMinutesUsed: no minutes are left today.
            TooManyCalls: as many are going on as one person may have.
            TooManyMints: too many were prepared in the last minute.
            BudgetUsed: the day's money is used up.
            ProviderError: the provider cannot take a call.
        """
        standing = self._admit(user_id, request.conversation_id)
        route = self.switchboard.route(request, standing)
        provider, request = route.provider, route.request
        mode = choose_mode(request.mode, settings.mode, self.switchboard.modes(provider))
        transport = choose_transport(request.transport, provider.abilities)
        session = build_session(mode, request, settings, provider.capabilities(), tools)
        secret = None
        # Over a WebSocket this server connects by itself, with its own key.
        if transport == "webrtc" and self._rules.connect_via == "ephemeral":
            secret = provider.mint(session, safety_identifier=safety_identifier(user_id))
        call = self._enter(user_id, route, mode, transport, session, secret)
        return OpenedCall(
            call,
            secret,
            secret.session if secret and secret.session else session,
            int((standing.end_of(call)[0] - standing.now).total_seconds()),
            standing.seconds_left,
        )

    def connect(self, user_id: str, call_id: str, offer: bytes, key: str | None) -> Answer:
        """Hand the offer to the provider; the call counts from now on.

        Raises:
            NotFound: the call is not theirs.
            KeyRefused: the key is missing, expired or another call's.
            InvalidField: the call goes over a WebSocket.
            AlreadyConnected: an offer came before.
            CallEnded: the call is over.
            DailyMinutesUsed: no minutes are left today.
            TooManyCalls: as many are going on as one person may have.
            BudgetUsed: the day's money is used up.
            ProviderError: the provider did not take the offer.
        """
        call = self._claim(user_id, call_id, "webrtc", key)
        try:
            answer = self._negotiate(call, user_id, offer, key)
        except (ProviderError, KeyRefused):
            self._release(user_id, call_id)
            raise
        with self._database.write() as session:
            call = get_call(session, user_id, call_id, to_change=True)
            call.provider_call_id = answer.provider_call_id
        if call.ended_at is not None:
            # Somebody hung up while the offer was under way.
            self.switchboard.hang_up(call)
            raise CallEnded("The call was ended while it was being connected.")
        return answer

    def take_line(self, user_id: str, call_id: str) -> CallLine:
        """Let a WebSocket carry the call, which counts from now on.

        Raises:
            NotFound: the call is not theirs.
            InvalidField: the call goes over WebRTC.
            AlreadyConnected: a WebSocket came before.
            CallEnded: the call is over.
            DailyMinutesUsed: no minutes are left today.
            TooManyCalls: as many are going on as one person may have.
            BudgetUsed: the day's money is used up.
        """
        call = self._claim(user_id, call_id, "websocket", None)
        return CallLine(
            self.switchboard.of(call),
            call,
            watch=lambda was_heard: self.live.watch(user_id, call_id, was_heard),
            release=lambda: self._release(user_id, call_id),
            end=lambda: self.live.end(user_id, call_id),
            note=lambda events: self.live.note(user_id, call_id, events),
        )

    def _admit(self, user_id: str, conversation_id: str | None) -> Standing:
        """See that this person may have another call, before anybody else is asked for one.

        It is counted again when the call is written down: this only spares the provider.
        """
        now, limits = self._clock(), self._rules.limits
        with self._database.read() as session:
            if conversation_id is not None:
                get_conversation(session, user_id, conversation_id)
            standing = Standing(self._rules, now, *read_today(session, user_id, day_start(now)))
            wait = seconds_to_next(session, user_id, limits.per_minute, now)
        if standing.has_lost and self.live.end_lost(user_id):
            return self._admit(user_id, conversation_id)
        standing.require_minutes()
        if standing.others_at_once(conversation_id) >= limits.at_once:
            raise too_many(limits.at_once)
        if wait > 0:
            raise too_often(limits.per_minute, wait)
        return standing

    def _enter(
        self,
        user_id: str,
        route: Route,
        mode: str,
        transport: str,
        session_object: dict[str, object],
        secret: Secret | None,
    ) -> Call:
        """Write a new call into the book, with a conversation if it needs one."""
        now = self._clock()
        conversation_id = route.request.conversation_id
        call = {
            "id": secrets.token_urlsafe(16),
            "user_id": user_id,
            "provider": route.provider.name,
            "model": str(session_object["model"])[:MODEL_LENGTH],
            "mode": mode,
            "transport": transport,
            "connect_via": self._rules.connect_via,
            "session": json.dumps(session_object),
            "key_hash": hash_key(secret.value) if secret else None,
            "key_expires_at": secret.expires_at if secret else None,
            "created_at": now,
            "landing_at": now if route.is_landing else None,
        }
        limits = self._rules.limits
        with self._database.write() as session:
            ensure_user(session, user_id, now)
            lock_user(session, user_id)
            if conversation_id is None:
                conversation_id = create_conversation(session, user_id, mode, now).id
            else:
                get_conversation(session, user_id, conversation_id)
            call["conversation_id"] = conversation_id
            if not enter_call(session, call, limits, now):
                wait = seconds_to_next(session, user_id, limits.per_minute, now)
                if wait > 0:
                    raise too_often(limits.per_minute, wait)
                raise too_many(limits.at_once)
        return Call(**call)

    def _claim(self, user_id: str, call_id: str, transport: str, key: str | None) -> Call:
        """Check that the call may be connected so, and that nobody else connects it besides."""
        if self.standing(user_id).has_lost:
            self.live.end_lost(user_id)
        now = self._clock()
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            if call.transport != transport:
                raise InvalidField("transport", f"this call was prepared for {call.transport}")
            if call.ended_at is not None:
                raise CallEnded(why_ended(call))
            check_key(call, key, now)
            lock_user(session, user_id)
            standing = Standing(self._rules, now, *read_today(session, user_id, day_start(now)))
            standing.require_minutes()
            self.switchboard.require_money(call, standing)
            at_once = self._rules.limits.at_once
            if not claim_call(session, call, now, standing.end_of(call), at_once):
                session.refresh(call)
                if call.ended_at is not None:
                    raise CallEnded(why_ended(call))
                if call.connected_at is None:
                    raise too_many(at_once)
                raise AlreadyConnected("This call has been connected before. Start a new one.")
        return call

    def _negotiate(self, call: Call, user_id: str, offer: bytes, key: str | None) -> Answer:
        provider = self.switchboard.of(call)
        if call.connect_via == "ephemeral":
            return provider.connect(offer, key=key or "")
        return provider.broker(
            offer, json.loads(call.session), safety_identifier=safety_identifier(user_id)
        )

    def _release(self, user_id: str, call_id: str) -> None:
        """Let another offer be made after one that failed."""
        with self._database.write() as session:
            call = get_call(session, user_id, call_id, to_change=True)
            call.connected_at = call.ends_at = call.last_seen_at = call.end_reason = None
