"""A line over the provider's WebSocket: for machines without aiortc, or behind a firewall."""

from __future__ import annotations

import json
import time

from services.check.line import Event
from services.check.steps import Obstacle
from services.errors import ProviderError
from services.providers.base import Provider
from services.providers.concession import concede
from services.upstream.call_socket import CallSocket, SocketEnded, SocketRefused

WELCOME_SECONDS = 9.0
"""Until `session.created`, and as long again until `session.updated`."""
CONCESSIONS = 3
"""How often the session is asked for once more without what the provider does not know."""


class SocketLine:
    """Open from the beginning, with a session."""

    def __init__(self, provider: Provider, session: Event, *, safety_identifier: str) -> None:
        """Connect, wait for the provider's welcome, and tell it the session.

        Raises:
            Obstacle: it did not welcome us.
            ProviderError: it refused, or there is no connection.
        """
        self._provider = provider
        where = provider.socket(session, safety_identifier=safety_identifier)
        try:
            self._socket = CallSocket(where.url, where.headers, where.subprotocols)
        except SocketRefused as error:
            raise provider.refusal(error.status, error.code, error.message) from error
        try:
            try:
                self._await("session.created")
            except _Refusal as refused:
                # Keys and models are refused so, after the handshake.
                raise _error_of(provider, refused) from refused
            self._agree(session)
        except BaseException:
            self.close()
            raise

    def send(self, event: Event) -> None:
        """Send an event."""
        try:
            self._socket.send(json.dumps(event))
        except SocketEnded as error:
            raise _gone(error) from error

    def receive(self, seconds: float) -> Event | None:
        """Wait for the next event."""
        try:
            message = self._socket.receive(seconds)
        except SocketEnded as error:
            raise _gone(error) from error
        try:
            event = json.loads(message or "null")
        except ValueError:
            return None
        return event if isinstance(event, dict) else None

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def _agree(self, session: Event) -> None:
        """Tell the session; without what the provider does not know."""
        # A model cannot be changed any more: it is part of the address.
        wanted = {name: value for name, value in session.items() if name != "model"}
        for _ in range(1 + CONCESSIONS):
            self.send({"type": "session.update", "session": wanted})
            try:
                return self._await("session.updated")
            except _Refusal as refused:
                less = concede(wanted, refused.reason, refused.param, refused.message)
                if less is None:
                    raise _error_of(self._provider, refused) from refused
                wanted = less
        raise Obstacle("The provider takes none of the sessions that it was offered.")

    def _await(self, kind: str) -> None:
        """Wait for an event.

        Raises:
            _Refusal: an error comes instead.
            Obstacle: nothing comes, or the line is gone.
        """
        until = time.monotonic() + WELCOME_SECONDS
        while (left := until - time.monotonic()) > 0:
            event = self.receive(left)
            if event is not None and event.get("type") == "error":
                raise _Refusal(event.get("error"))
            if event is not None and event.get("type") == kind:
                return
        raise Obstacle(f"The WebSocket is open, but no {kind} came. Check the address.")


class _Refusal(Exception):
    """An `error` event."""

    def __init__(self, error: object) -> None:
        told = error if isinstance(error, dict) else {}
        self.message = str(told.get("message") or "")
        self.reason = str(told.get("code") or "")
        self.param = str(told.get("param") or "")
        super().__init__(self.reason)


def _error_of(provider: Provider, refused: _Refusal) -> ProviderError:
    """Say it in words that hold no key."""
    return provider.refusal(0, refused.reason, refused.message)


def _gone(error: SocketEnded) -> Obstacle:
    return Obstacle(f"The provider closed the connection ({error}).")
