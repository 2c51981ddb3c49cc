"""The engine's HTTP API, for whatever the engine is asked for: calls, speech, transcription."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.errors import (
    EngineStarting,
    ProviderBusy,
    ProviderError,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.upstream.engine_board import EngineState
from services.upstream.http import Files, HttpApi, Reply, Stream
from services.upstream.waiting import Listener

OFFER_SECONDS = 60.0
"""How long a list of models and voices is believed."""


@dataclass(frozen=True)
class Offer:
    """What an engine has."""

    models: tuple[str, ...]
    """The default first."""
    voices: tuple[str, ...]
    """The default first."""


class EngineApi:
    """Asks the engine; where it is may change between two requests."""

    def __init__(
        self, state: Callable[[], EngineState], api_key: str | None, http: HttpApi | None = None
    ) -> None:
        """Ask `state` where the engine is, and show it this server key.

        Without a key the engine takes any bearer that is not one of its own.
        """
        self._state = state
        self._bearer = {"Authorization": f"Bearer {api_key or 'none'}"}
        self._http = http or HttpApi()
        self._offer: tuple[str, float, Offer] | None = None

    @property
    def is_expected(self) -> bool:
        """There is an engine, or there will be; it may still be starting."""
        return self._state().phase != "absent"

    def check(self) -> None:
        """See whether the engine can talk.

        Raises:
            EngineStarting: it cannot yet.
        """
        reply = self.ask("GET", "/healthz")
        if reply.status == 503:
            raise _starting("loading")
        if reply.status != 200:
            raise to_error(reply)

    def offer(self) -> Offer:
        """List models and voices; the list is kept for a minute."""
        url = self._url()
        kept = self._offer
        if kept and kept[0] == url and time.monotonic() - kept[1] < OFFER_SECONDS:
            return kept[2]
        reply = self.ask("GET", "/v1/models")
        if reply.status != 200:
            raise to_error(reply)
        listing = reply.json()
        voices = listing.get("voices")
        found = Offer(
            models=tuple(str(entry["id"]) for entry in _entries(listing) if "id" in entry),
            voices=tuple(str(voice) for voice in voices) if isinstance(voices, list) else (),
        )
        self._offer = (url, time.monotonic(), found)
        return found

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        files: Files | None = None,
        seconds: float | None = None,
        listener: Listener | None = None,
    ) -> Reply:
        """Send one request and read the whole answer, as `HttpApi.ask` does.

        Raises:
            EngineStarting: there is no engine to ask yet.
        """
        return self._http.ask(
            method,
            self._url() + path,
            headers=self._bearer | (headers or {}),
            content=content,
            files=files,
            seconds=seconds,
            listener=listener,
        )

    @contextmanager
    def stream(
        self, path: str, content: bytes, *, limit: int, listener: Listener | None
    ) -> Iterator[Stream]:
        """Post JSON and give the answer as it comes, as `HttpApi.stream` does.

        Raises:
            EngineStarting: there is no engine to ask yet.
            ProviderError: it refused.
        """
        headers = self._bearer | {"Content-Type": "application/json"}
        with self._http.stream(
            "POST",
            self._url() + path,
            headers=headers,
            content=content,
            limit=limit,
            listener=listener,
        ) as answer:
            if isinstance(answer, Reply):
                raise to_error(answer)
            yield answer

    def websocket(self, path: str) -> tuple[str, dict[str, str]]:
        """Give the address of a WebSocket, and the headers that open it.

        Raises:
            EngineStarting: there is no engine to ask yet.
        """
        return f"ws{self._url().removeprefix('http')}{path}", self._bearer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _url(self) -> str:
        state = self._state()
        if state.phase != "ready":
            raise _starting(state.phase)
        return state.url


def to_error(reply: Reply) -> ProviderError:
    """Turn a refusal into an error of ours; the engine's own sentence goes along."""
    sentence, code = reply.problem()
    if reply.status in (401, 403):
        return ProviderRefused(
            "The voice service did not accept this server's key. The person who runs the server "
            "must set ENGINE_API_KEY to the key of the engine."
        )
    if reply.status in (400, 404, 413, 422):
        return ProviderRejected(sentence or "The voice service cannot do what was asked.")
    if reply.status == 503 and ("loading" in code or "starting" in code):
        return _starting("loading")
    if reply.status in (429, 503):
        return ProviderBusy(sentence or "All lines are busy. Try again in a minute.")
    if reply.status in (500, 502, 504):
        return ProviderUnavailable(sentence or "The voice service failed. Try again in a moment.")
    return ProviderProtocolError(f"The voice service answered with status {reply.status}.")


def _starting(phase: str) -> EngineStarting:
    if phase == "absent":
        return EngineStarting(
            "No engine is running. The person who runs this server must start it with "
            "`python app.py`, or set ENGINE_URL."
        )
    if phase == "failed":
        return EngineStarting(
            "The engine stopped and is being started again. Try again in a few seconds; if this "
            "stays, the server's log says why."
        )
    return EngineStarting(
        "The engine is starting and loads its models. Try again in a few seconds."
    )


def _entries(listing: dict[str, object]) -> list[dict[str, object]]:
    entries = listing.get("data")
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
