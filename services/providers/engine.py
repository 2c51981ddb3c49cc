"""The embedded engine, or another server that speaks the same API, as a provider."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from urllib.parse import quote, urlencode

from services.errors import KeyRefused, OfferRejected, ProviderError
from services.providers.answers import read_answer, read_secret
from services.providers.base import Answer, Capabilities, Secret, Socket
from services.upstream.engine_api import EngineApi, to_error
from services.upstream.http import Reply

KEY_SECONDS = 60
"""A key is minted at most this long before the click that uses it."""
STATUS_OF_CODE = {
    "invalid_api_key": 401,
    "expired_api_key": 401,
    "model_not_found": 404,
    "lines_busy": 503,
    "engine_loading": 503,
}
"""What an `error` event means that comes in place of a status."""


class EngineProvider:
    """Speaks HTTP to the engine; where it is may change between two requests."""

    name = "engine"
    label = "the engine on this server"
    abilities = Capabilities(
        priced=True, why_not={"images": "The engine's small models cannot look at pictures."}
    )

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
        return read_secret(reply.body, KEY_SECONDS)

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

    def models(self) -> dict[str, date | None]:
        """List its models; they end when somebody takes them away."""
        return dict.fromkeys(self._api.offer().models)

    def socket(self, session: dict[str, object], *, safety_identifier: str) -> Socket:
        """Say where a call is held over a WebSocket."""
        query = urlencode({"model": str(session["model"])})
        url, headers = self._api.websocket(f"/v1/realtime?{query}")
        return Socket(url, headers | {"OpenAI-Safety-Identifier": safety_identifier})

    def refusal(self, status: int, code: str, message: str) -> ProviderError:
        """Say what a refused WebSocket means."""
        body = json.dumps({"error": {"message": message, "code": code}}).encode()
        return to_error(Reply(status or STATUS_OF_CODE.get(code, 400), body, None))

    def hang_up(self, provider_call_id: str) -> None:
        """End a call; 404 means that it is over already."""
        path = f"/v1/realtime/calls/{quote(provider_call_id, safe='')}/hangup"
        reply = self._api.ask("POST", path)
        if reply.status not in (200, 204, 404):
            raise to_error(reply)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


def _answer(reply: Reply, rejected: type[ProviderError]) -> Answer:
    if reply.status == 400 or reply.status == 422:
        message = reply.problem()[0] or "The offer is not an SDP that the engine can read."
        raise rejected(message)
    if reply.status not in (200, 201):
        raise to_error(reply)
    return read_answer(reply.body, reply.location)
