"""The WebSocket that carries a call where no WebRTC passes."""

from __future__ import annotations

import base64

from flask import Blueprint, g, request
from flask.blueprints import BlueprintSetupState
from flask_sock import Sock  # type: ignore[import-untyped]
from simple_websocket import Server  # type: ignore[import-untyped]

from services.calls.line import CallLine
from services.calls.relay import Relay
from services.errors import MalformedBody, NotFound, OriginRefused
from services.web.browser_socket import OPTIONS, BrowserSocket, prepare
from services.web.cookies import require_user
from services.web.parts import parts
from services.web.security import own_origin

PATH = "/ws/realtime"

blueprint = Blueprint("relay", __name__)
sock = Sock()


@blueprint.record_once
def _configure(state: BlueprintSetupState) -> None:
    state.app.config["SOCK_SERVER_OPTIONS"] = OPTIONS


@blueprint.before_request
def admit() -> None:
    """Check everything before the upgrade, as flask-sock upgrades before it calls a view.

    Raises:
        OriginRefused: it was not our own page that asked; browsers let any page open a socket.
        MalformedBody: it is no handshake of a WebSocket.
        NotFound: the call is not theirs.
        ProviderBusy: there is no room.
    """
    if request.headers.get("Origin") != own_origin():
        raise OriginRefused("This socket is for the page of this server only.")
    user_id = require_user()
    check_handshake()
    call_id = request.args.get("call_id", "")
    if not call_id:
        raise NotFound("The address names no call.")
    parts().relays.take_seat()
    g.has_seat = True
    g.line = parts().book.take_line(user_id, call_id)
    g.wire = prepare(request.environ)


def check_handshake() -> None:
    """See that this can become a WebSocket; simple-websocket would stumble over it.

    Raises:
        MalformedBody: it cannot.
    Source: https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
    """
    headers = request.headers
    try:
        key = base64.b64decode(headers.get("Sec-WebSocket-Key", ""), validate=True)
    except ValueError:
        key = b""
    if len(key) != 16 or headers.get("Sec-WebSocket-Version") != "13":
        raise MalformedBody("This address takes WebSockets of version 13 only.")


@sock.route(PATH, bp=blueprint)  # type: ignore[untyped-decorator]  # flask-sock has no types
def carry(server: Server) -> None:
    """Carry the call until one side ends it."""
    relay = Relay(BrowserSocket(server, g.wire), g.pop("line"))
    with parts().relays.among(relay):
        relay.run()


@blueprint.teardown_request
def leave(_error: BaseException | None) -> None:
    """Give the seat back, and the call if it was never upgraded."""
    line: CallLine | None = g.pop("line", None)
    if line is not None:
        line.close(was_connected=False)
    if g.pop("has_seat", False):
        parts().relays.leave_seat()
