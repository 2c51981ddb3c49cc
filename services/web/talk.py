"""The page on which one talks, with a new conversation or an old one."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, render_template

from services.calls.session import choose_mode
from services.storage.conversations import get_conversation, list_conversations
from services.storage.settings import load_settings
from services.storage.turns import list_turns
from services.web.cookies import greet_user
from services.web.parts import parts

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
STATIC_IMPORT = re.compile(r'^(?:import|export) [^;(]*?from "(\.[^"]+)"', re.M)
"""Of a module of ours; an `import()` is fetched when it is needed."""

blueprint = Blueprint("talk", __name__)


@blueprint.get("/")
def index() -> str:
    """Talk."""
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
    modes = parts().book.modes()
    return render_template(
        "talk/index.html",
        conversation=current,
        turns=turns,
        conversations=conversations,
        provider=parts().provider,
        modes=modes,
        mode=choose_mode(None, settings.mode, modes),
        page_settings={name: getattr(settings, name) for name in PAGE_SETTINGS},
        ice_servers=json.dumps(parts().config.ice_servers),
        preloads=_first_modules(Path(current_app.static_folder or "").resolve() / "js"),
    )


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
