"""A conversation as a file: Markdown to read, JSON for programs, WebVTT as subtitles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint
from werkzeug import Response

from services.errors import NotFound
from services.exports.markdown import to_markdown
from services.exports.record import to_record
from services.exports.webvtt import to_webvtt
from services.storage.conversations import calls_of, get_conversation
from services.storage.models import Call, Conversation, Turn
from services.storage.turns import list_turns
from services.web.cookies import require_user
from services.web.parts import parts

NAME_LENGTH = 40
"""Characters of the title that a file's name shows."""

blueprint = Blueprint("exports", __name__)


@dataclass(frozen=True)
class Kind:
    """A kind of file."""

    content_type: str
    write: Callable[[Conversation, Sequence[Turn], Sequence[Call]], str]


KINDS = {
    "md": Kind("text/markdown", lambda about, turns, _: to_markdown(about, turns)),
    "json": Kind(
        "application/json",
        lambda about, turns, _: json.dumps(to_record(about, turns), ensure_ascii=False, indent=2),
    ),
    "vtt": Kind("text/vtt", to_webvtt),
}
"""By the ending of the address."""


@blueprint.get("/conversations/<conversation_id>/export.<ending>")
def export(conversation_id: str, ending: str) -> Response:
    """Give a conversation as a file to keep."""
    user_id = require_user()
    kind = KINDS.get(ending)
    if kind is None:
        raise NotFound(f"A conversation is exported as {', '.join(KINDS)}.")
    with parts().database.read() as session:
        about = get_conversation(session, user_id, conversation_id)
        turns = list_turns(session, conversation_id)
        calls = calls_of(session, conversation_id)
    content_type = f"{kind.content_type}; charset=utf-8"
    answer = Response(kind.write(about, turns, calls), content_type=content_type)
    title = re.sub(r"\W+", "-", about.title.lower())[:NAME_LENGTH].strip("-")
    file = f"vivavoce-{about.created_at:%Y-%m-%d}{title and '-'}{title}.{ending}"
    # Source: https://www.rfc-editor.org/rfc/rfc6266#section-4.3
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file)}"
    return answer
