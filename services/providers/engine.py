"""The embedded engine, or another server that speaks the same API, as a provider."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from services.errors import (
    KeyRefused,
    OfferRejected,
    ProviderError,
    ProviderProtocolError,
)
from services.providers.base import Answer, Capabilities, Secret
from services.upstream.engine_api import EngineApi, to_error
from services.upstream.http import Reply

KEY_SECONDS = 60
"""A key is minted at most this long before the click that uses it."""


class EngineProvider:
    """Speaks HTTP to the engine; where it is may change between two requests."""

    name = "engine"
    label = "the engine on this server"
    abilities = Capabilities()

    def __init__(self, api: EngineApi) -> None:
        """Speak through this."""
        self._api = api

    def check(self) -> None:
        """See whether the engine can talk."""
        self._api.check()

    def capabilities(self) -> Capabilities:
        """List models and voices; the list is kept for a minute."""
        offer = self._api.offer()
        return replace(self.abilities, models=offer.models, voices=offer.voices)

    def mint(self, session: dict[str, object], *, safety_identifier: str) -> Secret:
        """Ask for a key that lives for a minute."""
        wanted = {
            "expires_after": {"anchor": "created_at", "seconds": KEY_SECONDS},
            "session": session,
        }
        reply = self._api.ask(
            "POST",
            "/v1/realtime/client_secrets",
            headers={
                "Content-Type": "application/json",
                "OpenAI-Safety-Identifier": safety_identifier,
            },
            content=json.dumps(wanted).encode(),
        )
        if reply.status not in (200, 201):
            raise to_error(reply)
        return _secret(reply.json())

    def connect(self, offer: bytes, *, key: str) -> Answer:
        """Hand on a browser's offer with the browser's own key."""
        reply = self._api.ask(
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
        reply = self._api.ask(
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
        reply = self._api.ask("POST", path)
        if reply.status not in (200, 204, 404):
            raise to_error(reply)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


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
        raise to_error(reply)
    sdp = reply.body.decode("utf-8", "replace")
    if not sdp.startswith("v=0"):
        raise ProviderProtocolError("The voice service did not answer the offer. Try again.")
    last = urlsplit(reply.location or "").path.rpartition("/")[2]
    return Answer(sdp, last[:256] or None)
