"""Turns: stored as they are spoken, and taken back when they were not meant like that."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from werkzeug import Response

from services.errors import InvalidField
from services.exports.record import turn_record
from services.privacy.ledger import SOUNDS, usual_sound
from services.storage.turns import NewTurn, delete_turn, save_turn
from services.web.bodies import Fields, read_fields, required, text_field, time_field
from services.web.cookies import require_user
from services.web.parts import parts

TEXT_LIMIT = 100_000
"""Bytes of one turn."""
ITEM_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
"""Safe in an element's id."""

blueprint = Blueprint("turns", __name__, url_prefix="/conversations/<conversation_id>/turns")


@blueprint.post("")
def save(conversation_id: str) -> Response | str:
    """Store a finished turn, or store it again; answer it rendered, or as JSON."""
    user_id = require_user()
    turn = _read_turn(read_fields())
    now = parts().clock()
    with parts().database.write() as session:
        stored = save_turn(session, user_id, conversation_id, turn, now)
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    if best == "application/json":
        return jsonify(turn_record(stored))
    return render_template("conversation/_turn.html", turn=stored)


@blueprint.delete("/<item_id>")
def withdraw(conversation_id: str, item_id: str) -> tuple[str, int]:
    """Take a turn back: an answer to what was not said like that. Twice is as good as once."""
    user_id = require_user()
    with parts().database.write() as session:
        delete_turn(session, user_id, conversation_id, item_id)
    return "", 204


def _read_turn(fields: Fields) -> NewTurn:
    item_id = required("item_id", text_field(fields, "item_id", longest=128))
    if not item_id or not ITEM_ID_CHARACTERS.issuperset(item_id):
        raise InvalidField("item_id", "must consist of letters, digits, _ and -")
    role = required("role", text_field(fields, "role", longest=16))
    if role not in ("user", "assistant"):
        raise InvalidField("role", "must be user or assistant")
    mode = text_field(fields, "mode", longest=16) or "native"
    if mode not in ("native", "text"):
        raise InvalidField("mode", "must be native or text")
    started_at = required("started_at", time_field(fields, "started_at"))
    ended_at = time_field(fields, "ended_at")
    provider = text_field(fields, "provider", longest=32) or parts().provider.name
    if ended_at is not None and ended_at < started_at:
        ended_at = None  # a clock was put back meanwhile: no reason to lose what was said
    return NewTurn(
        item_id=item_id,
        role=role,
        text=required("text", text_field(fields, "text", longest=TEXT_LIMIT)),
        started_at=started_at,
        interrupted=_flag(fields.get("interrupted")),
        mode=mode,
        provider=provider,
        ended_at=ended_at,
        places=parts().ledger.entry(role, _sound(fields, role, mode), provider),
    )


def _sound(fields: Fields, role: str, mode: str) -> str:
    sound = text_field(fields, "sound", longest=16) or usual_sound(role, mode)
    if sound not in SOUNDS:
        raise InvalidField("sound", f"must be one of {', '.join(SOUNDS)}")
    return sound


def _flag(value: object) -> bool:
    """Read true or false, also as a form spells it."""
    if value in (None, False, "false", "0", ""):
        return False
    if value in (True, "true", "1", "on"):
        return True
    raise InvalidField("interrupted", "must be true or false")
