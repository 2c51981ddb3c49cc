"""Opening and locking a database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from services.errors import ConfigError, StorageUnavailable
from services.storage import database as database_module
from services.storage.database import Database, absolute_url
from services.storage.migrate import migrate
from services.storage.models import User
from services.storage.users import ensure_user

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """A database in a file, with all tables."""
    opened = Database("sqlite:///vivavoce.db", tmp_path)
    migrate(opened)
    yield opened
    opened.close()


def test_sqlite_keeps_what_was_acknowledged(file):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}

    with file.read() as session:
        found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}

    assert found == wanted


def test_readers_go_on_while_somebody_writes(database):
    with database.write() as writer:
        ensure_user(writer, "cleo", NOW)
        with database.read() as reader:
            assert reader.get(User, "cleo") is None


def test_writers_wait_for_each_other(database):
    def add(name: str) -> None:
        for number in range(10):
            with database.write() as session:
                ensure_user(session, f"{name}-{number}", NOW)

    threads = [threading.Thread(target=add, args=(name,)) for name in ("x", "y", "z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM users")).scalar() == 32


def test_a_database_locked_for_too_long_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 50)
    opened = Database("sqlite:///locked.db", tmp_path)
    migrate(opened)
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageUnavailable), opened.write() as session:
        ensure_user(session, "ada", NOW)

    other.close()
    with opened.write() as session:
        ensure_user(session, "ada", NOW)
    opened.close()


def test_an_exception_rolls_back(database):
    with pytest.raises(KeyError), database.write() as session:
        ensure_user(session, "cleo", NOW)
        raise KeyError

    with database.read() as session:
        assert session.get(User, "cleo") is None


def test_times_come_back_in_utc_and_must_have_a_zone(database):
    with database.read() as session:
        ada = session.get(User, "ada")
        assert ada is not None
        assert ada.created_at == NOW
        assert ada.created_at.tzinfo is UTC

    with pytest.raises(StatementError, match="zone"), database.write() as session:
        ensure_user(session, "cleo", NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("sqlite:///a/b.db", "sqlite:////srv/a/b.db"),
        ("sqlite:////c/d.db", "sqlite:////c/d.db"),
        ("postgres://u:p@host/db", "postgresql+psycopg://u:p@host/db"),
        ("postgresql://u:p@host/db?a=b", "postgresql+psycopg://u:p@host/db?a=b"),
    ],
)
def test_urls_are_completed(url, wanted):
    assert absolute_url(url, Path("/srv")).render_as_string(hide_password=False) == wanted


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mystery://host/db", "mysql://host/db"]
)
def test_a_url_that_cannot_be_used_is_a_config_error(url, tmp_path):
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        Database(url, tmp_path)
