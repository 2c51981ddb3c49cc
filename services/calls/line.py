"""One relayed call as its relay sees it: where the provider is, and what the book says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence

from services.calls.keys import safety_identifier
from services.errors import ProviderError, StorageUnavailable
from services.providers.base import Provider
from services.storage.models import Call
from services.upstream.call_socket import CallSocket, SocketRefused

log = logging.getLogger(__name__)


class CallLine:
    """Made by the book once the call has been claimed; used by one relay."""

    def __init__(
        self,
        provider: Provider,
        call: Call,
        *,
        watch: Callable[[bool], None],
        release: Callable[[], None],
        end: Callable[[], None],
        note: Callable[[Sequence[Mapping[str, object]]], object],
    ) -> None:
        """Lead to this provider.

        Args:
            provider: who answers the call.
            call: as it is in the book.
            watch: raises CallEnded when the call is over; the argument says whether somebody
                was heard of since the last time.
            release: lets the call be connected once more.
            end: ends the call; may come twice.
            note: writes down what events of the provider tell of use.
        """
        self._provider = provider
        self._call = call
        self._watch = watch
        self._release = release
        self._end = end
        self._note = note
        self._unwritten: list[Mapping[str, object]] = []
        self._is_closed = False
        self.session: dict[str, object] = json.loads(call.session)
        """What the provider is asked for."""

    def connect(self) -> CallSocket:
        """Open the socket at the provider.

        Raises:
            ProviderError: there is none.
        """
        where = self._provider.socket(
            self.session, safety_identifier=safety_identifier(self._call.user_id)
        )
        try:
            return CallSocket(where.url, where.headers, where.subprotocols)
        except SocketRefused as error:
            raise self._provider.refusal(error.status, error.code, error.message) from error

    def refusal(self, code: str, message: str) -> ProviderError:
        """Give our own words for an error with which the provider begins instead of a session."""
        return self._provider.refusal(0, code, message)

    def watch(self, *, was_heard: bool) -> None:
        """See whether the call may go on; what the browser says counts as a heartbeat.

        Raises:
            CallEnded: it may not.
        """
        self._watch(was_heard)

    def note(self, event: Mapping[str, object]) -> None:
        """Write down what the provider says was used; what cannot be written now, with the next."""
        self._unwritten.append(event)
        try:
            self._note(self._unwritten)
        except StorageUnavailable as error:
            log.warning("call %s: its cost could not be written down: %s", self._call.id, error)
        else:
            self._unwritten.clear()

    def close(self, *, was_connected: bool) -> None:
        """Write down that the call is over; one that was never up may be tried again.

        Does nothing the second time, as another line may lead to the call by then.
        """
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._unwritten:
                self._note(self._unwritten)
            (self._end if was_connected else self._release)()
        except StorageUnavailable as error:
            # It ends in the book a minute later, as one of which nobody hears any more.
            log.warning("call %s: its end could not be written down: %s", self._call.id, error)
