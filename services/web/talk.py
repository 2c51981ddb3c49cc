"""The page on which one talks, with a new conversation or an old one."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, render_template, request

from services.calls.session import choose_mode
from services.storage.conversations import get_conversation, list_conversations
from services.storage.settings import load_settings
from services.storage.turns import list_turns
from services.storage.usage import cost_of_conversation
from services.web.cookies import greet_user
from services.web.page_person import label_of
from services.web.parts import parts
from services.web.realtime import to_usd

SIDEBAR_LENGTH = 50
"""Conversations."""
PAGE_SETTINGS = (
    "mode",
    "talk",
    "talk_key",
    "echo",
    "captions",
    "language",
    "voice_text",
    "speed",
    "greeting",
    "transport",
)
"""What the page itself must know; the rest is for the session that the server builds."""
LONGEST_WISH = 128
"""Characters."""
STATIC_IMPORT = re.compile(r'^(?:import|export) [^;(]*?from "(\.[^"]+)"', re.M)
"""Of a module of ours; an `import()` is fetched when it is needed."""

blueprint = Blueprint("talk", __name__)


@blueprint.get("/")
def index() -> str:
    """Talk; `?mode=`, `?voice_native=` and so on count for this page only (sessions.py)."""
    return _render(None)


@blueprint.get("/conversations/<conversation_id>")
def conversation(conversation_id: str) -> str:
    """Go on with a conversation."""
    return _render(conversation_id)


def _render(conversation_id: str | None) -> str:
    user_id = greet_user()
    current = None
    with parts().database.read() as session:
        if conversation_id is not None:
            current = get_conversation(session, user_id, conversation_id)
        turns = list_turns(session, current.id) if current else []
        conversations = list_conversations(session, user_id, SIDEBAR_LENGTH)
        settings = load_settings(session, user_id)
        costs = cost_of_conversation(session, current.id) if current else {}
    modes = parts().book.modes()
    mode = choose_mode(request.args.get("mode"), settings.mode, modes)
    return render_template(
        "talk/index.html",
        person=label_of(user_id),
        conversation=current,
        turns=turns,
        conversations=conversations,
        provider=parts().provider,
        modes=modes,
        mode=mode,
        wishes=_read_wishes(mode),
        minutes_left=max(0, parts().book.standing(user_id).seconds_left // 60),
        costs={item_id: to_usd(cost) for item_id, cost in costs.items()},
        page_settings={name: getattr(settings, name) for name in PAGE_SETTINGS},
        ice_servers=json.dumps(parts().config.ice_servers),
        preloads=_first_modules(Path(current_app.static_folder or "").resolve() / "js"),
    )


def _read_wishes(mode: str) -> dict[str, str]:
    """Take from the address what is to be other than in the settings; the mint will check it."""
    names = {"voice": f"voice_{mode}", "language": "language", "model": "model"}
    asked = {name: request.args.get(field, "")[:LONGEST_WISH] for name, field in names.items()}
    return {name: value for name, value in asked.items() if value}


@cache
def _first_modules(folder: Path) -> list[str]:
    """Name what main.js imports, also by way of others; a browser would find it step by step."""
    found: set[Path] = set()
    waiting = [folder / "main.js"]
    while waiting:
        module = waiting.pop()
        for name in STATIC_IMPORT.findall(module.read_text("utf-8")):
            imported = (module.parent / name).resolve()
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return sorted(file.relative_to(folder).as_posix() for file in found)
