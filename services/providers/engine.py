"""The embedded engine, or another server that speaks the same API, as a provider."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from services.errors import (
    EngineStarting,
    KeyRefused,
    OfferRejected,
    ProviderBusy,
    ProviderError,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.providers.base import Answer, Capabilities, Secret
from services.providers.engine_board import EngineState
from services.providers.http import HttpApi, Reply

KEY_SECONDS = 60
"""A key is minted at most this long before the click that uses it."""
CAPABILITIES_SECONDS = 60.0
"""How long a list of models and voices is believed."""


class EngineProvider:
    """Speaks HTTP to the engine; where it is may change between two requests."""

    name = "engine"
    label = "the engine on this server"

    def __init__(
        self, state: Callable[[], EngineState], api_key: str | None, http: HttpApi | None = None
    ) -> None:
        """Ask `state` where the engine is, and show it this server key.

        Without a key the engine takes any bearer that is not one of its own.
        """
        self._state = state
        self._bearer = api_key or "none"
        self._http = http or HttpApi()
        self._capabilities: tuple[str, float, Capabilities] | None = None

    def check(self) -> None:
        """See whether the engine can talk."""
        reply = self._ask("GET", "/healthz")
        if reply.status == 503:
            raise _starting("loading")
        if reply.status != 200:
            raise _translate(reply)

    def capabilities(self) -> Capabilities:
        """List models and voices; the list is kept for a minute."""
        url = self._url()
        kept = self._capabilities
        if kept and kept[0] == url and time.monotonic() - kept[1] < CAPABILITIES_SECONDS:
            return kept[2]
        reply = self._ask("GET", "/v1/models")
        if reply.status != 200:
            raise _translate(reply)
        listing = reply.json()
        entries = listing.get("data")
        voices = listing.get("voices")
        found = Capabilities(
            models=tuple(str(entry["id"]) for entry in _objects(entries) if "id" in entry),
            voices=tuple(str(voice) for voice in voices) if isinstance(voices, list) else (),
        )
        self._capabilities = (url, time.monotonic(), found)
        return found

    def mint(self, session: dict[str, object], *, safety_identifier: str) -> Secret:
        """Ask for a key that lives for a minute."""
        wanted = {
            "expires_after": {"anchor": "created_at", "seconds": KEY_SECONDS},
            "session": session,
        }
        reply = self._ask(
            "POST",
            "/v1/realtime/client_secrets",
            headers={
                "Content-Type": "application/json",
                "OpenAI-Safety-Identifier": safety_identifier,
            },
            content=json.dumps(wanted).encode(),
        )
        if reply.status not in (200, 201):
            raise _translate(reply)
        return _secret(reply.json())

    def connect(self, offer: bytes, *, key: str) -> Answer:
        """Hand on a browser's offer with the browser's own key."""
        reply = self._ask(
            "POST",
            "/v1/realtime/calls",
            headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {key}"},
            content=offer,
        )
        if reply.status in (401, 403):
            raise KeyRefused(reply.problem()[0] or "The key has expired. Connect again.")
        return _answer(reply, OfferRejected)

    def broker(self, offer: bytes, session: dict[str, object], *, safety_identifier: str) -> Answer:
        """Hand on a browser's offer with the server's key."""
        reply = self._ask(
            "POST",
            "/v1/realtime/calls",
            headers={"OpenAI-Safety-Identifier": safety_identifier},
            files={
                "sdp": (None, offer, "application/sdp"),
                "session": (None, json.dumps(session).encode(), "application/json"),
            },
        )
        return _answer(reply, OfferRejected)

    def hang_up(self, provider_call_id: str) -> None:
        """End a call; 404 means that it is over already."""
        path = f"/v1/realtime/calls/{quote(provider_call_id, safe='')}/hangup"
        reply = self._ask("POST", path)
        if reply.status not in (200, 204, 404):
            raise _translate(reply)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _url(self) -> str:
        state = self._state()
        if state.phase != "ready":
            raise _starting(state.phase)
        return state.url

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        files: dict[str, tuple[None, bytes, str]] | None = None,
    ) -> Reply:
        all_headers = {"Authorization": f"Bearer {self._bearer}"} | (headers or {})
        return self._http.ask(
            method, self._url() + path, headers=all_headers, content=content, files=files
        )


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


def _secret(minted: dict[str, object]) -> Secret:
    value, expires_at, session = (minted.get(key) for key in ("value", "expires_at", "session"))
    if not isinstance(value, str) or not value or not isinstance(expires_at, int | float):
        raise ProviderProtocolError("The voice service gave no usable key. Try again.")
    try:
        expires = datetime.fromtimestamp(expires_at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ProviderProtocolError("The voice service gave a key without an end.") from error
    return Secret(value, expires, session if isinstance(session, dict) else {})


def _answer(reply: Reply, rejected: type[ProviderError]) -> Answer:
    if reply.status == 400 or reply.status == 422:
        message = reply.problem()[0] or "The offer is not an SDP that the engine can read."
        raise rejected(message)
    if reply.status != 201:
        raise _translate(reply)
    sdp = reply.body.decode("utf-8", "replace")
    if not sdp.startswith("v=0"):
        raise ProviderProtocolError("The voice service did not answer the offer. Try again.")
    last = urlsplit(reply.location or "").path.rpartition("/")[2]
    return Answer(sdp, last[:256] or None)


def _translate(reply: Reply) -> ProviderError:
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


def _objects(entries: object) -> list[dict[str, object]]:
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
