"""Conversations and their turns: list, store, delete."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, render_template, request
from werkzeug import Response

from services.errors import InvalidField, WrongType
from services.storage.conversations import (
    delete_conversation,
    list_conversations,
)
from services.storage.models import Turn
from services.storage.turns import NewTurn, delete_turn, save_turn
from services.web.bodies import Fields, read_json, required, text_field, time_field
from services.web.cookies import greet_user, require_user
from services.web.parts import parts
from services.web.talk import SIDEBAR_LENGTH

LONGEST_LIST = 500
"""Conversations."""
TEXT_LIMIT = 100_000
"""Bytes of one turn."""
ITEM_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
"""Safe in an element's id."""

blueprint = Blueprint("conversations", __name__)


@blueprint.get("/conversations")
def index() -> str:
    """List the conversations: a page, or the sidebar for HTMX."""
    user_id = greet_user()
    is_fragment = "HX-Request" in request.headers
    return _render_list(
        "conversation/_list.html" if is_fragment else "conversation/index.html",
        user_id,
        SIDEBAR_LENGTH if is_fragment else LONGEST_LIST,
    )


@blueprint.post("/conversations/<conversation_id>/turns")
def save(conversation_id: str) -> Response | str:
    """Store a finished turn, or store it again; answer it rendered, or as JSON."""
    user_id = require_user()
    turn = _read_turn(_read_fields())
    now = parts().clock()
    with parts().database.write() as session:
        stored = save_turn(session, user_id, conversation_id, turn, now)
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    if best == "application/json":
        return jsonify(_to_json(stored))
    return render_template("conversation/_turn.html", turn=stored)


@blueprint.delete("/conversations/<conversation_id>/turns/<item_id>")
def withdraw(conversation_id: str, item_id: str) -> tuple[str, int]:
    """Take a turn back: an answer to what was not said like that. Twice is as good as once."""
    user_id = require_user()
    with parts().database.write() as session:
        delete_turn(session, user_id, conversation_id, item_id)
    return "", 204


@blueprint.delete("/conversations/<conversation_id>")
def delete(conversation_id: str) -> Response | tuple[str, int]:
    """Delete a conversation with its turns."""
    user_id = require_user()
    with parts().database.write() as session:
        delete_conversation(session, user_id, conversation_id)
    if "HX-Request" not in request.headers:
        return "", 204
    return make_response(_render_list("conversation/_list.html", user_id, SIDEBAR_LENGTH))


def _render_list(template: str, user_id: str, length: int) -> str:
    with parts().database.read() as session:
        conversations = list_conversations(session, user_id, length)
    return render_template(template, conversations=conversations, conversation=None)


def _read_fields() -> Fields:
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return dict(request.form)
    if request.mimetype != "application/json":
        raise WrongType("A turn is sent as application/json or as a form.")
    return read_json()


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
    return NewTurn(
        item_id=item_id,
        role=role,
        text=required("text", text_field(fields, "text", longest=TEXT_LIMIT)),
        started_at=required("started_at", time_field(fields, "started_at")),
        interrupted=_flag(fields.get("interrupted")),
        mode=mode,
        provider=text_field(fields, "provider", longest=32) or parts().provider.name,
    )


def _flag(value: object) -> bool:
    """Read true or false, also as a form spells it."""
    if value in (None, False, "false", "0", ""):
        return False
    if value in (True, "true", "1", "on"):
        return True
    raise InvalidField("interrupted", "must be true or false")


def _to_json(turn: Turn) -> dict[str, object]:
    return {
        "item_id": turn.item_id,
        "role": turn.role,
        "text": turn.text,
        "started_at": turn.started_at.isoformat(),
        "interrupted": turn.interrupted,
        "mode": turn.mode,
        "provider": turn.provider,
    }
