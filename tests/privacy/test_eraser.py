"""Deleting is finished, also where it could not be at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from services.privacy.eraser import Eraser
from services.speech.cache import SpeechCache
from services.storage.conversations import create_conversation
from services.storage.database import Database
from services.storage.migrate import migrate
from services.storage.models import User
from services.storage.turns import NewTurn, save_turn
from services.storage.users import ensure_user
from tests.web.visitor import Clock

SECRET = "xylophone"


class NoLines:
    """Nobody talks."""

    def end(self, user_id: str, call_id: str) -> None:
        raise AssertionError


class Thief(SpeechCache):
    """Somebody takes the lock when what was spoken is thrown away for the first time."""

    def __init__(self, folder: Path, lock: sqlite3.Connection) -> None:
        super().__init__(folder)
        self._locks = [lock]

    def forget(self, until: datetime) -> None:
        super().forget(until)
        while self._locks:
            self._locks.pop().execute("BEGIN IMMEDIATE")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/vivavoce.db", tmp_path)
    event.listen(opened.engine, "connect", lambda line, _: line.execute("PRAGMA busy_timeout = 0"))
    migrate(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_was_deleted_leaves_the_file_later_where_somebody_is_in_the_way(
    database, tmp_path, is_restarted
):
    clock, spoken = Clock(), tmp_path / "speech"
    with database.write() as session:
        ensure_user(session, "ada", clock.now)
        conversation = create_conversation(session, "ada", "native", clock.now)
        session.flush()
        turn = NewTurn("i", "user", f"My {SECRET}", clock.now, False, "native", "engine")
        save_turn(session, "ada", conversation.id, turn, clock.now)
    with closing(sqlite3.connect(tmp_path / "vivavoce.db", isolation_level=None)) as lock:
        eraser = Eraser(database, NoLines(), Thief(spoken, lock), None, clock)
        eraser.erase("ada")
    assert SECRET in words_in(tmp_path)
    with database.read() as session:
        assert session.get(User, "ada") is None

    if is_restarted:
        eraser = Eraser(database, NoLines(), SpeechCache(spoken), None, clock)
    clock.pass_by(hours=1)
    eraser.tidy()

    assert SECRET not in words_in(tmp_path)


def words_in(folder: Path) -> str:
    """Everything that database and log hold."""
    content = b"".join(path.read_bytes() for path in folder.glob("vivavoce.db*"))
    return content.decode("latin-1").lower()
