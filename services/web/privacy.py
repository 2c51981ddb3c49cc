"""Where sound and words go, what is kept; and all of one's own, to take along or to delete."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from flask import (
    Blueprint,
    Response,
    make_response,
    render_template,
    session,
    stream_with_context,
)

from services.privacy.ledger import ENGINE, read_places
from services.storage import belongings
from services.web.cookies import greet_user, require_user, who
from services.web.parts import parts

FILE_NAME = "vivavoce.json"
FORGET = '"storage"'
"""What a browser throws away of ours: turns that wait to be sent.
Source: https://www.w3.org/TR/clear-site-data/"""

blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")
blueprint.add_app_template_filter(read_places, "places")


@blueprint.get("")
def index() -> str:
    """Tell it for this configuration."""
    here = parts()
    if here.config.auth_mode == "open":
        greet_user()
    return render_template(
        "privacy/index.html",
        is_known=who() is not None,
        ledger=here.ledger,
        has_engine=any(each.name == ENGINE for each in here.book.switchboard.providers),
        is_by_code=here.config.auth_mode == "code",
        is_budgeted=here.config.daily_budget_usd is not None,
        modes=here.config.modes,
        retention_days=here.config.retention_days,
        mcp_servers=[server.label for server in here.config.mcp_servers],
        has_cache=here.speech is not None,
    )


@blueprint.get("/export.json")
def export() -> Response:
    """Give everything that is kept of whoever asks, as one file."""
    user_id = require_user()
    disposition = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    pieces = stream_with_context(_write(user_id))
    return Response(pieces, content_type="application/json", headers=disposition)


@blueprint.post("/delete")
def delete() -> Response:
    """Delete everything of whoever asks, and forget them."""
    parts().eraser.erase(require_user())
    answer = make_response(render_template("privacy/deleted.html"))
    answer.headers["Clear-Site-Data"] = FORGET
    session.clear()
    return answer


def _write(user_id: str) -> Iterator[str]:
    """Write one JSON object, a piece at a time: somebody may have said a lot, and read slowly.

    No transaction is open while a piece is on its way.
    """
    database = parts().database
    with database.read() as reading:
        about = belongings.about(reading, user_id) | {"exported_at": parts().clock().isoformat()}
        names = belongings.conversation_ids(reading, user_id)
    yield json.dumps(about, ensure_ascii=False)[:-1]
    yield from _write_list("conversations", _conversations(names))
    for table in belongings.TABLES:
        with database.read() as reading:
            rows = belongings.records(reading, user_id, table)
        yield from _write_list(table, rows)
    yield "\n}\n"


def _conversations(names: Iterable[str]) -> Iterator[belongings.Row]:
    for name in names:
        with parts().database.read() as reading:
            found = belongings.conversation(reading, name)
        if found is not None:
            yield found


def _write_list(name: str, rows: Iterable[belongings.Row]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "]"
