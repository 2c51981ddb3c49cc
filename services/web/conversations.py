"""Conversations: list, find, begin, rename, delete, bring back."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug import Response

from services.calls.session import choose_mode
from services.errors import InvalidField, NotFound
from services.storage.conversations import (
    create_conversation,
    delete_conversation,
    get_deleted,
    rename_conversation,
    restore_conversation,
)
from services.storage.models import Conversation
from services.storage.settings import load_settings
from services.storage.users import ensure_user
from services.web.bodies import read_fields, required, text_field
from services.web.conversation_list import find_conversations, latest_conversations
from services.web.cookies import greet_user, require_user
from services.web.parts import parts

LONGEST_TITLE = 200
"""Characters."""
LONGEST_QUERY = 200
"""Characters."""

blueprint = Blueprint("conversations", __name__, url_prefix="/conversations")


@blueprint.get("")
def index() -> str:
    """List the conversations, or find some: a page, or its list for HTMX."""
    user_id = greet_user()
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    after = request.args.get("after") or None
    shown = (
        find_conversations(user_id, query, after) if query else latest_conversations(user_id, after)
    )
    is_fragment = "HX-Request" in request.headers
    return render_template(
        "conversation/_list.html" if is_fragment else "conversation/index.html",
        conversations=shown.conversations,
        passages=shown.passages,
        older=url_for(".index", q=query or None, after=shown.older) if shown.older else None,
        newest=url_for(".index", q=query or None) if after else None,
        query=query,
        conversation=None,
        deleted=_just_deleted(user_id),
    )


@blueprint.post("")
def begin() -> tuple[Response, int]:
    """Begin a conversation without a call, for words that were typed while none was possible."""
    user_id = require_user()
    now = parts().clock()
    with parts().database.write() as session:
        ensure_user(session, user_id, now)
        mode = choose_mode(None, load_settings(session, user_id).mode, parts().book.modes())
        begun = create_conversation(session, user_id, mode, now)
    return jsonify(conversation_id=begun.id), 201


@blueprint.route("/<conversation_id>", methods=["POST", "PATCH"])
def rename(conversation_id: str) -> Response | str | tuple[str, int]:
    """Give it a title; an empty one lets its first words be the title again."""
    user_id = require_user()
    title = required("title", text_field(read_fields(), "title", longest=4 * LONGEST_TITLE))
    if len(title) > LONGEST_TITLE:
        raise InvalidField("title", f"is longer than {LONGEST_TITLE} characters")
    with parts().database.write() as session:
        renamed = rename_conversation(session, user_id, conversation_id, title)
    if request.method == "PATCH":
        return "", 204
    return _answer(renamed)


@blueprint.delete("/<conversation_id>")
@blueprint.post("/<conversation_id>/delete")
def delete(conversation_id: str) -> Response | str | tuple[str, int]:
    """Delete a conversation with its turns; soon after, it can be brought back."""
    user_id = require_user()
    with parts().database.write() as session:
        deleted = delete_conversation(session, user_id, conversation_id, parts().clock())
    if "HX-Request" in request.headers:
        return render_template("conversation/_deleted.html", each=deleted)
    if request.method == "DELETE":
        return "", 204
    return redirect(url_for(".index", deleted=conversation_id), 303)


@blueprint.post("/<conversation_id>/restore")
def restore(conversation_id: str) -> Response | str:
    """Undo a deletion."""
    user_id = require_user()
    with parts().database.write() as session:
        restored = restore_conversation(session, user_id, conversation_id, parts().clock())
    return _answer(restored)


def _answer(changed: Conversation) -> Response | str:
    """Show what became of it: its row for HTMX, else the list."""
    if "HX-Request" in request.headers:
        return render_template("conversation/_row.html", each=changed, is_changed=True)
    return redirect(url_for(".index"), 303)


def _just_deleted(user_id: str) -> Conversation | None:
    """Find what a page without HTMX has just deleted; None: nothing that could be brought back."""
    deleted_id = request.args.get("deleted")
    if not deleted_id:
        return None
    try:
        with parts().database.read() as session:
            return get_deleted(session, user_id, deleted_id, parts().clock())
    except NotFound:
        return None
