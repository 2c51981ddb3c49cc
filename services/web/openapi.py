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


TOOL = _object(
    {"name": TEXT, "title": TEXT, "needs_approval": {"type": "boolean"}},
    ("name", "title", "needs_approval"),
)
SESSION_REQUEST = _object(
    {
        "mode": {"type": "string", "enum": ["native", "text"]},
        "voice": TEXT,
        "language": TEXT,
        "instructions": TEXT,
        "model": TEXT,
        "conversation_id": TEXT,
        "transport": {"type": "string", "enum": ["webrtc", "websocket"], "default": "webrtc"},
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
        "tools": {"type": "array", "items": TOOL},
        "limits": _object(
            {"call_seconds": WHOLE, "ends_at": WHOLE, "minutes_left_today": WHOLE},
            ("call_seconds", "ends_at", "minutes_left_today"),
        ),
    },
    ("call_id", "conversation_id", "connect_via", "calls_url", "session", "limits"),
)
TOOL_CALL = _object(
    {
        "call_id": TEXT,
        "arguments": {"anyOf": [{"type": "object"}, TEXT]},
        "time_zone": TEXT,
        "approved": {"type": "boolean"},
    },
    ("call_id",),
)
TOOL_OUTPUT = _object({"output": TEXT, "failed": {"type": "boolean"}}, ("output", "failed"))
HEARTBEAT = _object({"state": TEXT, "stats": {"type": "object"}}, ("state",))
TALLY: dict[str, Schema] = {
    "cost_usd": {"type": ["number", "null"], "description": "null: its price is not known"},
    "budget": _nullable(_object({"share": {"type": "number"}}, ("share",))),
    "landing": {"type": ["string", "null"], "enum": ["text", "engine", "end", None]},
}
COSTS = TALLY | {"turns": {"type": "object", "description": "dollars by item id, or null"}}
PULSE = _object({"ends_at": WHOLE, "seconds_left": WHOLE} | TALLY, ("ends_at", "seconds_left"))
USAGE = _object({"events": {"type": "array", "items": {"type": "object"}}}, ("events",))
STANDING = _object({"minutes_left_today": WHOLE}, ("minutes_left_today",))
WAITS = ("mint_ms", "connect_ms", "first_word_ms", "first_sound_ms")
REPORT = _object(
    {
        "call_id": _nullable(TEXT),
        "timings": _object({name: {"type": "number"} for name in WAITS}),
        "error": TEXT,
    }
)
UTTERANCE = _object(
    {
        "text": {"type": "string", "minLength": 1, "maxLength": 4096},
        "voice": TEXT,
        "speed": {"type": "number", "minimum": 0.25, "maximum": 4},
        "language": TEXT,
        "format": {"type": "string", "enum": ["pcm", "wav", "mp3", "opus"], "default": "pcm"},
    },
    ("text",),
)
TRANSCRIPT = _object(
    {"text": TEXT, "language": _nullable(TEXT), "seconds": {"type": "number"}},
    ("text", "language", "seconds"),
)
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
BYTES: Schema = {"type": "string", "format": "binary"}
HEALTH = _object({"status": TEXT}, ("status",))


def _content(kind: str, schema: Schema) -> Schema:
    return {kind: {"schema": schema}}


def _operation(
    summary: str,
    answers: dict[str, Schema],
    body: Schema | None = None,
    parameters: tuple[Schema, ...] = (),
) -> Schema:
    reference: Schema = {"$ref": "#/components/schemas/Problem"}
    failure = _answer("What went wrong", _content("application/problem+json", reference))
    operation: Schema = {"summary": summary, "responses": answers | {"default": failure}}
    if body is not None:
        operation["requestBody"] = {"content": body}
    if parameters:
        operation["parameters"] = list(parameters)
    return operation


def _answer(description: str, content: Schema | None = None) -> Schema:
    return {"description": description} | ({"content": content} if content else {})


JSON = "application/json"
SETTINGS: Schema = {"type": "object"}
SDP = _content("application/sdp", TEXT)
CALL_ID: Schema = {"name": "call_id", "in": "path", "required": True, "schema": TEXT}
LANGUAGE: Schema = {"name": "language", "in": "query", "schema": TEXT}
SOUND_TYPES = (
    "audio/pcm;rate=24000;channels=1",
    "audio/wav",
    "audio/mpeg",
    "audio/ogg;codecs=opus",
)
SOUND: Schema = {kind: {"schema": BYTES} for kind in SOUND_TYPES}
RECORDING_TYPES = ("audio/wav", "audio/webm", "audio/ogg", "audio/mp4")
RECORDING: Schema = {kind: {"schema": BYTES} for kind in RECORDING_TYPES}
PATHS: dict[str, Schema] = {
    "/api/realtime/session": {
        "post": _operation(
            "Prepare a call",
            {"201": _answer("A call that waits for its offer", _content(JSON, SESSION))},
            _content(JSON, SESSION_REQUEST),
        )
    },
    "/api/realtime/standing": {
        "get": _operation(
            "Who asks, and how long they may still talk today",
            {"200": _answer("Whole minutes", _content(JSON, STANDING))},
        )
    },
    "/api/realtime/calls/{call_id}": {
        "post": _operation(
            "Connect: the call's calls_url. With connect_via ephemeral the Authorization header "
            "is Bearer and the client secret",
            {"201": _answer("The SDP answer", SDP)},
            SDP,
            (CALL_ID,),
        ),
        "delete": _operation(
            "Hang up", {"204": _answer("The call is over")}, parameters=(CALL_ID,)
        ),
    },
    "/api/realtime/calls/{call_id}/heartbeat": {
        "post": _operation(
            "Keep a call alive, every 15 s; 410 tells that it is over",
            {"200": _answer("It goes on", _content(JSON, PULSE))},
            _content(JSON, HEARTBEAT),
            (CALL_ID,),
        )
    },
    "/api/realtime/calls/{call_id}/usage": {
        "post": _operation(
            "Hand on events of the provider that tell of use: response.done, and completed "
            "transcriptions. Each is counted once",
            {"200": _answer("What the call has cost", _content(JSON, _object(COSTS, ())))},
            _content(JSON, USAGE),
            (CALL_ID,),
        )
    },
    "/api/reports": {
        "post": _operation(
            "Tell how it went: how long somebody waited in a call, in milliseconds, or the code "
            "of a failure that this server cannot know of",
            {"204": _answer("It is noted")},
            _content(JSON, REPORT),
        )
    },
    "/ws/realtime": {
        "get": _operation(
            "Carry a call that was prepared with transport websocket: its relay_url. The "
            "provider's Realtime events go both ways as text, besides relay.alive in silence. "
            "Closed with 1012 when the server restarts, 1013 for a reader that is too slow",
            {"101": _answer("A WebSocket")},
            parameters=({"name": "call_id", "in": "query", "required": True, "schema": TEXT},),
        )
    },
    "/api/realtime/tts": {
        "post": _operation(
            "Read a text aloud; Markdown is made sayable. What is missing comes from the settings",
            {"200": _answer("Sound, sent while it is made", SOUND)},
            _content(JSON, UTTERANCE),
        )
    },
    "/api/realtime/transcriptions": {
        "post": _operation(
            "Write down a recording of at most 25 MB; no words give an empty text",
            {"200": _answer("What was said", _content(JSON, TRANSCRIPT))},
            RECORDING | _content("multipart/form-data", _object({"file": BYTES}, ("file",))),
            (LANGUAGE,),
        )
    },
    "/api/realtime/tools/{name}": {
        "post": _operation(
            "Run a tool of the session for a call. One that fails says so in its output; one that "
            "needs approval is run only with approved true",
            {"200": _answer("For the model, at most 16 kB", _content(JSON, TOOL_OUTPUT))},
            _content(JSON, TOOL_CALL),
            ({"name": "name", "in": "path", "required": True, "schema": TEXT},),
        )
    },
    "/settings": {
        "get": _operation(
            "All settings of this browser's user, with Accept: application/json",
            {"200": _answer("By name", _content(JSON, SETTINGS))},
        ),
        "post": _operation(
            "Change any of the settings",
            {"200": _answer("All of them, by name", _content(JSON, SETTINGS))},
            _content(JSON, SETTINGS),
        ),
    },
    "/api/openapi.json": {
        "get": _operation(
            "This description", {"200": _answer("OpenAPI 3.1", _content(JSON, {"type": "object"}))}
        )
    },
    "/metrics": {
        "get": _operation(
            "Counts for Prometheus, of all workers of this server",
            {"200": _answer("Text exposition format", _content("text/plain", TEXT))},
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
