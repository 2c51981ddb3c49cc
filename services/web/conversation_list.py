"""What a page of the list of conversations shows: the latest ones, or those with certain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.errors import InvalidField
from services.storage.conversations import Place, list_conversations
from services.storage.models import Conversation
from services.storage.search import read_some, search_titles, search_turns
from services.storage.words import Piece, excerpt, words_of
from services.web.parts import parts

PAGE_LENGTH = 50
"""Conversations of a list, or turns of a search."""
EXCERPTS = 3
"""Of one conversation; who opens it sees the rest."""


@dataclass(frozen=True)
class Passage:
    """Where in a conversation the words are."""

    item_id: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class ConversationList:
    """One page of a list."""

    conversations: Sequence[Conversation]
    passages: Mapping[str, Sequence[Passage]]
    """By conversation; empty where nothing was looked for."""
    older: str | None
    """Where the next page begins; None: there is none."""


def latest_conversations(user_id: str, after: str | None) -> ConversationList:
    """Give the latest conversations, or those that follow after a place.

    Raises:
        InvalidField: `after` is not a place.
    """
    place = _place(after) if after else None
    with parts().database.read() as session:
        found = list_conversations(session, user_id, PAGE_LENGTH + 1, place)
    shown = found[:PAGE_LENGTH]
    older = _place_name(shown[-1]) if len(found) > PAGE_LENGTH else None
    return ConversationList(shown, {}, older)


def find_conversations(user_id: str, query: str, after: str | None) -> ConversationList:
    """Give conversations with all the words in their title or in one turn, the latest words first.

    Raises:
        InvalidField: `after` is not a place.
    """
    before = _number(after) if after else None
    read_some(parts().database)
    with parts().database.read() as session:
        titled = search_titles(session, user_id, query, PAGE_LENGTH) if before is None else []
        turns = search_turns(session, user_id, query, limit=PAGE_LENGTH, before=before)
    found = {conversation.id: conversation for conversation in titled}
    passages: dict[str, list[Passage]] = {}
    wanted = words_of(query)
    for turn, conversation in turns:
        found.setdefault(conversation.id, conversation)
        of_this = passages.setdefault(conversation.id, [])
        if len(of_this) < EXCERPTS:
            of_this.append(Passage(turn.item_id, excerpt(turn.text, wanted)))
    older = str(turns[-1][0].id) if len(turns) == PAGE_LENGTH else None
    return ConversationList(list(found.values()), passages, older)


def _place_name(conversation: Conversation) -> str:
    return f"{conversation.updated_at.timestamp():.6f}-{conversation.id}"


def _place(name: str) -> Place:
    seconds, _, conversation_id = name.partition("-")
    try:
        return Place(datetime.fromtimestamp(float(seconds), UTC), conversation_id)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidField("after", "is not a place in this list") from error


def _number(name: str) -> int:
    if not (name.isascii() and name.isdigit() and len(name) < 10):
        raise InvalidField("after", "is not a place in this list")
    return int(name)
