"""The route by which a page tells how it went: how long somebody waited, and what failed."""

from __future__ import annotations

import re

from flask import Blueprint

from services.errors import InvalidField
from services.storage.reports import Waits, save_waits
from services.web.bodies import Fields, number_field, read_json, text_field
from services.web.cookies import require_user
from services.web.failures import note_told
from services.web.metrics import metrics
from services.web.parts import parts

LONGEST_WAIT_MS = 10 * 60 * 1000
"""Nobody waits longer; a page that says so was asleep."""
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""Ours have hyphens, those of houses underscores and dots."""
CODE_LIMIT = 64
"""Bytes."""

blueprint = Blueprint("reports", __name__, url_prefix="/api")


@blueprint.post("/reports")
def report() -> tuple[str, int]:
    """Take a report; of a call, or of a failure before there was one."""
    user_id = require_user()
    fields = read_json()
    call_id = text_field(fields, "call_id", longest=64)
    waits, code = _read_waits(fields), _read_code(fields)
    if waits is not None:
        if call_id is None:
            raise InvalidField("call_id", "is missing: waiting times belong to a call")
        with parts().database.write() as session:
            call = save_waits(session, user_id, call_id, waits, parts().clock())
        metrics().note_waits(waits, call.mode, call.provider)
    if code is not None:
        note_told(code, user_id, call_id)
    return "", 204


def _read_waits(fields: Fields) -> Waits | None:
    told = fields.get("timings")
    if told is None:
        return None
    if not isinstance(told, dict):
        raise InvalidField("timings", "must be an object")
    found = {
        name: number_field(told, name, 0, LONGEST_WAIT_MS) for name in Waits.__dataclass_fields__
    }
    known = {name: round(value) for name, value in found.items() if value is not None}
    return Waits(**known) if known else None


def _read_code(fields: Fields) -> str | None:
    code = text_field(fields, "error", longest=CODE_LIMIT)
    if code is not None and not CODE.fullmatch(code):
        raise InvalidField("error", "must be a code such as connection-lost")
    return code
