"""The route by which the page runs what the model called: name and arguments in, output out."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify

from services.errors import ApprovalNeeded, CallEnded, InvalidField
from services.storage.calls import get_call
from services.tools.base import Caller
from services.web.bodies import Fields, read_json, required, text_field
from services.web.cookies import require_user
from services.web.parts import parts

ZONE_LIMIT = 64
"""Bytes; the longest IANA name has 32."""

log = logging.getLogger(__name__)
blueprint = Blueprint("tools", __name__, url_prefix="/api/realtime")


@blueprint.post("/tools/<name>")
def run_tool(name: str) -> Response:
    """Run a tool for a call; a tool that fails says so in its output."""
    user_id = require_user()
    fields = read_json()
    call_id = required("call_id", text_field(fields, "call_id", longest=64))
    zone = text_field(fields, "time_zone", longest=ZONE_LIMIT)
    with parts().database.read() as session:
        call = get_call(session, user_id, call_id)
    if call.ended_at is not None:
        raise CallEnded("The call was ended, so its tools are not used any more.")
    tool = parts().tools.find(name)
    if tool.needs_approval and fields.get("approved") is not True:
        raise ApprovalNeeded(f"“{tool.title}” is used only when you allow it.")
    caller = Caller(user_id, zone, call.conversation_id)
    outcome = parts().tools.run(tool, _arguments(fields), caller)
    log.info("call %s used %s: %s", call_id, tool.name, "failed" if outcome.failed else "done")
    return jsonify(output=outcome.output, failed=outcome.failed)


def _arguments(fields: Fields) -> object:
    """Take an object, or the text that the model wrote; nonsense in it is for the model to hear.

    Raises:
        InvalidField: neither of both.
    """
    value = fields.get("arguments", {})
    if not isinstance(value, str | dict):
        raise InvalidField("arguments", "must be an object, or the JSON text of one")
    return value
