"""Puts the tools together with what they work on: the clock, and the person's own conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.config import Config
from services.storage.database import Database
from services.storage.search import Found, read_some, search_turns
from services.tools.base import Caller
from services.tools.catalog import make_toolbox
from services.tools.search import Finding
from services.tools.toolbox import ToolBox

FINDINGS = 8
"""Of a search; a model that is told more finds less."""


def make_tools(config: Config, database: Database, clock: Callable[[], datetime]) -> ToolBox:
    """Make the tools that the operator offers; `clock` gives the time in UTC."""

    def find(caller: Caller, words: Sequence[str]) -> list[Finding]:
        read_some(database)
        found: Sequence[Found] = []
        with database.read() as session:
            # Few words of a question occur together; then some of them are better than nothing.
            for any_word in (False, True):
                found = found or search_turns(
                    session,
                    caller.user_id,
                    " ".join(words),
                    limit=FINDINGS,
                    without=caller.conversation_id,
                    any_word=any_word,
                )
        return [Finding(turn.started_at, turn.role, turn.text, of.title) for turn, of in found]

    return make_toolbox(config.tools, config.mcp_servers, clock, find)
