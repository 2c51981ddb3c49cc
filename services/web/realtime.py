"""The JSON routes of a call: prepare, connect, keep alive, end."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request, url_for

from services.calls.session import CallRequest
from services.calls.terms import OpenedCall, Tally
from services.errors import InvalidField, OfferRejected, WrongType
from services.web import relay
from services.web.bodies import (
    Fields,
    language_field,
    read_body,
    read_json,
    required,
    text_field,
)
from services.web.cookies import require_user
from services.web.parts import parts

INSTRUCTIONS_LIMIT = 16_000
"""Bytes; a small model's context is not longer."""
EVENTS_LIMIT = 50
SDP_TYPE = "application/sdp"

blueprint = Blueprint("realtime", __name__, url_prefix="/api/realtime")


@blueprint.post("/session")
def open_session() -> tuple[Response, int]:
    """Prepare a call: say where the offer goes, and with which key."""
    user_id = require_user()
    call_request = _read_request(read_json())
    tools = parts().tools.all() if parts().provider.abilities.tools else ()
    opened = parts().book.open(
        user_id,
        call_request,
        parts().settings_of(user_id),
        [tool.to_session() for tool in tools],
    )
    return jsonify(_to_json(opened) | {"tools": [tool.to_page() for tool in tools]}), 201


@blueprint.get("/standing")
def standing() -> Response:
    """Say how long somebody may still talk today."""
    seconds = parts().book.standing(require_user()).seconds_left
    return jsonify(minutes_left_today=max(0, seconds) // 60)


@blueprint.post("/calls/<call_id>")
def connect(call_id: str) -> Response:
    """Hand an SDP offer on to the provider."""
    user_id = require_user()
    if request.mimetype != SDP_TYPE:
        raise WrongType(f"The offer must be sent as {SDP_TYPE}.")
    offer = read_body()
    if not offer.startswith(b"v=0") or b"\0" in offer:
        raise OfferRejected("The body is not an SDP offer: it must begin with v=0.")
    answer = parts().book.connect(user_id, call_id, offer, _bearer())
    headers = {"Location": url_for("realtime.end", call_id=call_id)}
    if not answer.knows_session:
        headers["Vivavoce-Session"] = "untold"
    return Response(answer.sdp, 201, headers, content_type=SDP_TYPE)


@blueprint.post("/calls/<call_id>/heartbeat")
def heartbeat(call_id: str) -> Response:
    """Keep a call alive; 410 tells that it is over."""
    user_id = require_user()
    fields = read_json()
    required("state", text_field(fields, "state", longest=32))
    if not isinstance(fields.get("stats"), dict | None):
        raise InvalidField("stats", "must be an object")
    pulse = parts().book.live.heartbeat(user_id, call_id)
    return jsonify(
        ends_at=int(pulse.ends_at.timestamp()),
        seconds_left=pulse.seconds_left,
        **_tally_to_json(pulse.tally),
    )


@blueprint.post("/calls/<call_id>/usage")
def usage(call_id: str) -> Response:
    """Take what a provider told the page of use; what this server carries it hears by itself."""
    user_id = require_user()
    events = read_json().get("events")
    if not isinstance(events, list) or len(events) > EVENTS_LIMIT:
        raise InvalidField("events", f"must be a list of at most {EVENTS_LIMIT} events")
    told = [event for event in events if isinstance(event, dict)]
    tally = parts().book.live.note(user_id, call_id, told, is_hearsay=True)
    turns = {item_id: to_usd(cost) for item_id, cost in tally.turns.items()}
    return jsonify(_tally_to_json(tally) | {"turns": turns})


@blueprint.delete("/calls/<call_id>")
def end(call_id: str) -> tuple[str, int]:
    """End a call."""
    parts().book.live.end(require_user(), call_id)
    return "", 204


def _read_request(fields: Fields) -> CallRequest:
    return CallRequest(
        mode=text_field(fields, "mode", longest=16),
        voice=text_field(fields, "voice", longest=64),
        language=language_field(fields),
        instructions=text_field(fields, "instructions", longest=INSTRUCTIONS_LIMIT),
        model=text_field(fields, "model", longest=128),
        conversation_id=text_field(fields, "conversation_id", longest=64),
        transport=text_field(fields, "transport", longest=16),
    )


def _bearer() -> str | None:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token


def _to_json(opened: OpenedCall) -> dict[str, object]:
    call, secret = opened.call, opened.secret
    key = (
        {"value": secret.value, "expires_at": int(secret.expires_at.timestamp())}
        if secret
        else None
    )
    # `url_for` would make it an absolute ws: address, with a host that a proxy may have changed.
    relay_url = f"{relay.PATH}?call_id={call.id}" if call.transport == "websocket" else None
    ends_at = int(parts().clock().timestamp()) + opened.seconds
    return {
        "call_id": call.id,
        "conversation_id": call.conversation_id,
        "session_id": opened.session.get("id"),
        "provider": call.provider,
        "model": call.model,
        "mode": call.mode,
        "connect_via": call.connect_via,
        "client_secret": key,
        "calls_url": url_for("realtime.connect", call_id=call.id),
        "relay_url": relay_url,
        "ice_servers": list(parts().config.ice_servers),
        "session": opened.session,
        "limits": {
            "call_seconds": opened.seconds,
            "ends_at": ends_at,
            "minutes_left_today": opened.seconds_left_today // 60,
        },
    }


def _tally_to_json(tally: Tally) -> dict[str, object]:
    """Say what the call has cost; null: its price is not known."""
    budget = {"share": round(tally.share, 3)} if tally.share and tally.is_worth_telling else None
    return {"cost_usd": tally.cost.usd, "budget": budget, "landing": tally.landing}


def to_usd(micro_usd: int | None) -> float | None:
    """Give dollars; None: it cannot be told."""
    return None if micro_usd is None else micro_usd / 1_000_000
