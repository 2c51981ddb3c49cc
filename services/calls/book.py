"""The book of calls: opens, connects, watches and ends them.

All it knows is in the database, so that any worker can answer for any call.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from services.calls.keys import check_key, hash_key, safety_identifier
from services.calls.line import CallLine
from services.calls.minutes import day_start, is_lost, seconds_used
from services.calls.session import (
    CallRequest,
    ModeOffer,
    build_session,
    choose_mode,
    choose_transport,
    offer_modes,
)
from services.calls.terms import OpenedCall, Pulse, Rules, why_ended
from services.errors import (
    AlreadyConnected,
    CallEnded,
    DailyMinutesUsed,
    InvalidField,
    KeyRefused,
    ProviderError,
)
from services.providers.base import Answer, Provider, Secret
from services.settings import Settings
from services.storage.calls import calls_since, claim_call, get_call, sweep_calls
from services.storage.conversations import (
    create_conversation,
    get_conversation,
    sweep_conversations,
)
from services.storage.database import Database
from services.storage.models import Call
from services.storage.users import ensure_user

log = logging.getLogger(__name__)


class CallBook:
    """Use of the database and a provider; one for the process."""

    def __init__(
        self, database: Database, provider: Provider, rules: Rules, clock: Callable[[], datetime]
    ) -> None:
        """Keep the book by these rules; `clock` gives the time in UTC."""
        self._database = database
        self._provider = provider
        self._rules = rules
        self._clock = clock

    def modes(self) -> tuple[ModeOffer, ...]:
        """Say in which modes one may talk, and why not in the others."""
        return offer_modes(self._rules.modes, self._provider.abilities)

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
            ProviderError: the provider cannot take a call.
        """
        mode = choose_mode(request.mode, settings.mode, self.modes())
        transport = choose_transport(request.transport, self._provider.abilities)
        left = self._minutes_left(user_id, request.conversation_id)
        session = build_session(mode, request, settings, self._provider.capabilities(), tools)
        secret = None
        # Over a WebSocket this server connects by itself, with its own key.
        if transport == "webrtc" and self._rules.connect_via == "ephemeral":
            secret = self._provider.mint(session, safety_identifier=safety_identifier(user_id))
        call = self._enter(user_id, request.conversation_id, mode, transport, session, secret)
        return OpenedCall(
            call,
            secret,
            secret.session if secret and secret.session else session,
            min(self._rules.call_seconds, left),
            left,
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
            ProviderError: the provider did not take the offer.
        """
        call = self._claim(user_id, call_id, "webrtc", key)
        try:
            answer = self._negotiate(call, user_id, offer, key)
        except (ProviderError, KeyRefused):
            self._release(user_id, call_id)
            raise
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            call.provider_call_id = answer.provider_call_id
        if call.ended_at is not None:
            # Somebody hung up while the offer was under way.
            self._hang_up(call)
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
        """
        return CallLine(
            self._provider,
            self._claim(user_id, call_id, "websocket", None),
            watch=lambda was_heard: self._watch(user_id, call_id, was_heard),
            release=lambda: self._release(user_id, call_id),
            end=lambda: self.end(user_id, call_id),
        )

    def heartbeat(self, user_id: str, call_id: str) -> Pulse:
        """Note that the call is alive; end it when its time is over.

        Raises:
            NotFound: the call is not theirs.
            CallEnded: it is over.
        """
        now = self._clock()
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            ends_at = call.ends_at or now + timedelta(seconds=self._rules.call_seconds)
            ended_before = call.ended_at is not None
            call.last_seen_at = call.last_seen_at if ended_before else now
            if not ended_before and now >= ends_at:
                call.ended_at, call.end_reason = ends_at, "limit"
        if call.ended_at is None:
            return Pulse(ends_at, int((ends_at - now).total_seconds()))
        if not ended_before:
            self._hang_up(call)
        raise CallEnded(why_ended(call))

    def end(self, user_id: str, call_id: str) -> None:
        """End a call, also at the provider; it may be ended twice.

        Raises:
            NotFound: the call is not theirs.
        """
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            if call.ended_at is not None:
                return
            call.ended_at, call.end_reason = self._clock(), "user"
        self._hang_up(call)

    def _minutes_left(self, user_id: str, conversation_id: str | None) -> int:
        """Give the seconds left today, after ending calls that nobody has heard of."""
        now = self._clock()
        with self._database.read() as session:
            if conversation_id is not None:
                get_conversation(session, user_id, conversation_id)
            calls = calls_since(session, user_id, day_start(now))
        for call in calls:
            if is_lost(call, now):
                self._end_lost(user_id, call.id)
        left = int(self._rules.day_seconds - seconds_used(calls, now))
        if left <= 0:
            raise DailyMinutesUsed(
                f"You have talked for {self._rules.day_seconds // 60} minutes today, which is "
                "all that this server allows. You can talk again after midnight UTC."
            )
        return left

    def _watch(self, user_id: str, call_id: str, was_heard: bool) -> None:
        """End a call that is over by its time, or silent and without a heartbeat."""
        if not was_heard:
            now = self._clock()
            with self._database.read() as session:
                call = get_call(session, user_id, call_id)
            if is_lost(call, now):
                self._end_lost(user_id, call_id)
            elif call.ended_at is None and (call.ends_at is None or now < call.ends_at):
                return
        self.heartbeat(user_id, call_id)

    def _end_lost(self, user_id: str, call_id: str) -> None:
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            if not is_lost(call, self._clock()):
                return
            call.ended_at, call.end_reason = call.last_seen_at, "lost"
        self._hang_up(call)

    def _enter(
        self,
        user_id: str,
        conversation_id: str | None,
        mode: str,
        transport: str,
        session_object: dict[str, object],
        secret: Secret | None,
    ) -> Call:
        """Write a new call into the book, with a conversation if it needs one."""
        now = self._clock()
        with self._database.write() as session:
            ensure_user(session, user_id, now)
            sweep_calls(session, user_id, now)
            sweep_conversations(session, user_id, now)
            if conversation_id is None:
                conversation_id = create_conversation(session, user_id, mode, now).id
            else:
                get_conversation(session, user_id, conversation_id)
            call = Call(
                id=secrets.token_urlsafe(16),
                user_id=user_id,
                conversation_id=conversation_id,
                provider=self._provider.name,
                model=str(session_object["model"]),
                mode=mode,
                transport=transport,
                connect_via=self._rules.connect_via,
                session=json.dumps(session_object),
                key_hash=hash_key(secret.value) if secret else None,
                key_expires_at=secret.expires_at if secret else None,
                created_at=now,
            )
            session.add(call)
        return call

    def _claim(self, user_id: str, call_id: str, transport: str, key: str | None) -> Call:
        """Check that the call may be connected so, and that nobody else connects it besides."""
        with self._database.read() as session:
            call = get_call(session, user_id, call_id)
        if call.transport != transport:
            raise InvalidField("transport", f"this call was prepared for {call.transport}")
        if call.ended_at is not None:
            raise CallEnded(why_ended(call))
        check_key(call, key, self._clock())
        left = self._minutes_left(user_id, None)
        now = self._clock()
        ends_at = now + timedelta(seconds=min(self._rules.call_seconds, left))
        with self._database.write() as session:
            if not claim_call(session, call_id, now, ends_at):
                # Since it was looked up, somebody was quicker: to connect it, or to end it.
                other = get_call(session, user_id, call_id)
                if other.ended_at is not None:
                    raise CallEnded(why_ended(other))
                raise AlreadyConnected("This call has been connected before. Start a new one.")
        return call

    def _negotiate(self, call: Call, user_id: str, offer: bytes, key: str | None) -> Answer:
        if call.connect_via == "ephemeral":
            return self._provider.connect(offer, key=key or "")
        return self._provider.broker(
            offer, json.loads(call.session), safety_identifier=safety_identifier(user_id)
        )

    def _release(self, user_id: str, call_id: str) -> None:
        """Let another offer be made after one that failed."""
        with self._database.write() as session:
            call = get_call(session, user_id, call_id)
            call.connected_at = call.ends_at = call.last_seen_at = None

    def _hang_up(self, call: Call) -> None:
        """Tell the provider; if it does not listen, its own watchdog ends the call."""
        if call.provider_call_id is None:
            return
        try:
            self._provider.hang_up(call.provider_call_id)
        except ProviderError as error:
            log.warning("call %s could not be hung up: %s", call.id, error)
