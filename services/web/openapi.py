"""The description of the JSON routes, at `/api/openapi.json`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

blueprint = Blueprint("openapi", __name__, url_prefix="/api")

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}


def _object(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    described: Schema = {"type": "object", "properties": properties}
    return described | ({"required": list(required)} if required else {})


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


SESSION_REQUEST = _object(
    {
        "mode": {"type": "string", "enum": ["native", "text"]},
        "voice": TEXT,
        "language": TEXT,
        "instructions": TEXT,
        "model": TEXT,
        "conversation_id": TEXT,
        "transport": {"type": "string", "enum": ["webrtc"]},
    }
)
SESSION = _object(
    {
        "call_id": TEXT,
        "conversation_id": TEXT,
        "session_id": _nullable(TEXT),
        "provider": TEXT,
        "model": TEXT,
        "mode": TEXT,
        "connect_via": {"type": "string", "enum": ["ephemeral", "broker"]},
        "client_secret": _nullable(
            _object({"value": TEXT, "expires_at": WHOLE}, ("value", "expires_at"))
        ),
        "calls_url": TEXT,
        "relay_url": _nullable(TEXT),
        "ice_servers": {"type": "array", "items": {"type": "object"}},
        "session": {"type": "object"},
        "limits": _object(
            {"call_seconds": WHOLE, "ends_at": WHOLE, "minutes_left_today": WHOLE},
            ("call_seconds", "ends_at", "minutes_left_today"),
        ),
    },
    ("call_id", "conversation_id", "connect_via", "calls_url", "session", "limits"),
)
HEARTBEAT = _object({"state": TEXT, "stats": {"type": "object"}}, ("state",))
PULSE = _object({"ends_at": WHOLE, "seconds_left": WHOLE}, ("ends_at", "seconds_left"))
PROBLEM = _object(
    {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "code": TEXT,
        "request_id": TEXT,
        "retryable": {"type": "boolean"},
    },
    ("type", "title", "status", "detail", "code", "request_id", "retryable"),
)
HEALTH = _object({"status": TEXT}, ("status",))


def _content(kind: str, schema: Schema) -> Schema:
    return {kind: {"schema": schema}}


def _operation(
    summary: str,
    answers: dict[str, Schema],
    body: Schema | None = None,
    path_parameter: str | None = None,
) -> Schema:
    reference: Schema = {"$ref": "#/components/schemas/Problem"}
    failure = _answer("What went wrong", _content("application/problem+json", reference))
    operation: Schema = {"summary": summary, "responses": answers | {"default": failure}}
    if body is not None:
        operation["requestBody"] = {"content": body}
    if path_parameter is not None:
        operation["parameters"] = [
            {"name": path_parameter, "in": "path", "required": True, "schema": TEXT}
        ]
    return operation


def _answer(description: str, content: Schema | None = None) -> Schema:
    return {"description": description} | ({"content": content} if content else {})


JSON = "application/json"
SDP = _content("application/sdp", TEXT)
PATHS: dict[str, Schema] = {
    "/api/realtime/session": {
        "post": _operation(
            "Prepare a call",
            {"201": _answer("A call that waits for its offer", _content(JSON, SESSION))},
            _content(JSON, SESSION_REQUEST),
        )
    },
    "/api/realtime/calls/{call_id}": {
        "post": _operation(
            "Connect: the call's calls_url. With connect_via ephemeral the Authorization header "
            "is Bearer and the client secret",
            {"201": _answer("The SDP answer", SDP)},
            SDP,
            "call_id",
        ),
        "delete": _operation(
            "Hang up", {"204": _answer("The call is over")}, path_parameter="call_id"
        ),
    },
    "/api/realtime/calls/{call_id}/heartbeat": {
        "post": _operation(
            "Keep a call alive, every 15 s; 410 tells that it is over",
            {"200": _answer("It goes on", _content(JSON, PULSE))},
            _content(JSON, HEARTBEAT),
            "call_id",
        )
    },
    "/api/openapi.json": {
        "get": _operation(
            "This description", {"200": _answer("OpenAPI 3.1", _content(JSON, {"type": "object"}))}
        )
    },
    "/healthz": {"get": _operation("Alive?", {"200": _answer("Yes", _content(JSON, HEALTH))})},
    "/readyz": {
        "get": _operation(
            "Can a call be answered?",
            {
                "200": _answer("Yes", _content(JSON, HEALTH)),
                "503": _answer("No; each part is named", _content(JSON, HEALTH)),
            },
        )
    },
}
DESCRIPTION: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Vivavoce",
        "version": "1",
        "description": "Unsafe methods need the server's own Origin and the cookie of GET /.",
    },
    "paths": PATHS,
    "components": {"schemas": {"Problem": PROBLEM}},
}


@blueprint.get("/openapi.json")
def describe() -> Response:
    """Give the description."""
    return jsonify(DESCRIPTION)
