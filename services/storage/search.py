"""Words in somebody's own turns and titles: SQLite's FTS5, or PostgreSQL's tsvector.

Both hold the same words (services/storage/words.py) and are asked the same: words that begin like
the wanted ones. The owner is one of the words, so that an index skips what others said; that a
finding is theirs is checked besides.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, cast, column, literal, select, table, update
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from services.storage.database import Database
from services.storage.models import Conversation, Turn
from services.storage.words import owner_word, words_of, words_to_find

MOST_WORDS = 16
"""Of a query; the rest is not looked for."""
AT_ONCE = 1000
"""Turns that are read for the search in one transaction: writers wait for no more."""
FTS = table("turns_fts", column("turns_fts"), column("rowid"))

Found = tuple[Turn, Conversation]


def search_turns(
    session: Session,
    user_id: str,
    query: str,
    *,
    limit: int,
    before: int | None = None,
    without: str | None = None,
    any_word: bool = False,
) -> list[Found]:
    """Find turns with words that begin like those of the query, the latest stored first.

    Args:
        session: of a transaction.
        user_id: whose turns.
        query: words; case, accents and signs do not count.
        limit: of the findings.
        before: only turns with a smaller id; None: all.
        without: a conversation that is left out; None: none.
        any_word: one of the words is enough.
    """
    wanted = words_of(query)[:MOST_WORDS]
    if not wanted:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    # SQLite knows nothing of how many rows it will find. It must not begin with the conversations:
    # the index of words knows the owner, too, and leads to the few.
    owner = Conversation.user_id.concat("") if is_sqlite else Conversation.user_id
    statement = (
        select(Turn, Conversation)
        .join(Conversation)
        .where(owner == user_id, Conversation.deleted_at.is_(None))
    )
    if before is not None:
        statement = statement.where(Turn.id < before)
    if without is not None:
        statement = statement.where(Conversation.id != without)
    matching = _match_sqlite if is_sqlite else _match_postgresql
    found = session.execute(matching(statement, owner_word(user_id), wanted, any_word).limit(limit))
    return [(turn, conversation) for turn, conversation in found]


def search_titles(session: Session, user_id: str, query: str, limit: int) -> list[Conversation]:
    """Find conversations by the titles that somebody gave them; other titles are first words."""
    wanted = words_of(query)[:MOST_WORDS]
    if not wanted:
        return []
    named = literal(" ") + Conversation.title_words
    found = session.scalars(
        select(Conversation)
        .where(Conversation.user_id == user_id, Conversation.deleted_at.is_(None))
        .where(Conversation.title_words.is_not(None), *(named.contains(f" {w}") for w in wanted))
        .order_by(Conversation.updated_at.desc(), Conversation.id.desc())
        .limit(limit)
    )
    return list(found)


def read_some(database: Database) -> bool:
    """Take the words of AT_ONCE turns that an older version stored into the index.

    Returns:
        Whether there may be more of them.

    Raises:
        StorageUnavailable: the database did not answer.
    """
    unread = select(Turn.id).where(Turn.words.is_(None)).limit(1)
    with database.read() as session:
        if session.scalar(unread) is None:
            return False
    with database.write() as session:
        return _read_latest(session)


def _read_latest(session: Session) -> bool:
    """Read other turns than another process does, what was said last first."""
    turns = session.execute(
        select(Turn.id, Turn.text, Conversation.user_id)
        .join(Conversation)
        .where(Turn.words.is_(None))
        .order_by(Turn.id.desc())
        .limit(AT_ONCE)
        .with_for_update(of=Turn, skip_locked=True)
    ).all()
    if turns:
        words = [{"id": id, "words": words_to_find(owner, text)} for id, text, owner in turns]
        session.execute(update(Turn), words)
    return len(turns) == AT_ONCE


def _match_sqlite(
    statement: Select[Turn, Conversation], owner: str, wanted: Sequence[str], any_word: bool
) -> Select[Turn, Conversation]:
    """Source: https://www.sqlite.org/fts5.html#full_text_query_syntax."""
    words = (" OR " if any_word else " AND ").join(f'"{word}" *' for word in wanted)
    return (
        statement.join(FTS, FTS.c.rowid == Turn.id)
        .where(FTS.c.turns_fts.op("MATCH")(f'"{owner}" AND ({words})'))
        # By the index's own order, so that it is read no further than to the limit.
        .order_by(FTS.c.rowid.desc())
    )


def _match_postgresql(
    statement: Select[Turn, Conversation], owner: str, wanted: Sequence[str], any_word: bool
) -> Select[Turn, Conversation]:
    """Source: https://www.postgresql.org/docs/current/datatype-textsearch.html."""
    words = (" | " if any_word else " & ").join(f"'{word}':*" for word in wanted)
    query = cast(f"'{owner}' & ({words})", TSQUERY)
    return statement.where(Turn.words.op("@@")(query)).order_by(Turn.id.desc())
