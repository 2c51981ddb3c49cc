"""Opening, locking and migrating a database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from services.errors import ConfigError, StorageUnavailable
from services.storage import database as database_module
from services.storage.database import Database, absolute_url
from services.storage.migrate import migrate
from services.storage.models import Base, User
from services.storage.users import ensure_user

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_the_migrations_make_what_the_models_say(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_migrating_twice_changes_nothing(database):
    migrate(database)
    database.check()


def test_several_processes_may_migrate_at_once(tmp_path):
    environ = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/new/vivavoce.db"}
    command = [sys.executable, "-m", "services.storage"]

    processes = [subprocess.Popen(command, env=environ, cwd=ROOT) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    opened = Database(environ["DATABASE_URL"], tmp_path)
    opened.check()
    opened.close()


def test_a_failed_release_step_says_why_in_a_line(tmp_path):
    environ = os.environ | {"DATABASE_URL": "nonsense"}

    ended = subprocess.run(
        [sys.executable, "-m", "services.storage"],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr


def test_sqlite_keeps_what_was_acknowledged(database):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}

    with database.read() as session:
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
    ],
)
def test_urls_are_completed(url, wanted):
    assert absolute_url(url, Path("/srv")).render_as_string(hide_password=False) == wanted


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mystery://host/db"]
)
def test_a_url_that_cannot_be_used_is_a_config_error(url, tmp_path):
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        Database(url, tmp_path)


def test_a_folder_that_cannot_be_written_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    opened = Database("sqlite:///file/vivavoce.db", tmp_path)

    with pytest.raises(ConfigError, match="DATABASE_URL"):
        migrate(opened)
    opened.close()
