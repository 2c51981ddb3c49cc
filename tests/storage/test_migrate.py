"""Bringing the tables up to date, on either database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import text

from services.errors import ConfigError, StorageUnavailable
from services.storage.database import Database
from services.storage.migrate import MIGRATIONS, check_tables, migrate
from services.storage.records import DaySpent
from tests.running import free_port

ROOT = Path(__file__).parents[2]
RELEASE = [sys.executable, "-m", "services.storage"]
SEARCH = ("turns_fts", "ix_turns_words")
"""What models cannot say: the index of words, with the tables in which SQLite keeps it."""
VERSION_BEFORE = "0003"
NOON = {"now": "2026-11-21 12:00:00+00:00"}
CONVERSATION = """
    INSERT INTO conversations (id, user_id, title, mode, created_at, updated_at)
    VALUES ('whales', 'ada', 'Whales', 'native', :now, :now)
"""
TURN = """
    INSERT INTO turns
        (conversation_id, item_id, role, text, started_at, interrupted, mode, provider)
    VALUES ('whales', :item, 'user', :text, :now, :no, 'native', 'engine')
"""
"""As the version before writes it."""
OLDER_TURNS = 20_000
LONGEST_WAIT_SECONDS = 2.0
"""For one turn, while the older ones are indexed."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "postgresql":
        return request.getfixturevalue("empty_postgres_url")
    return f"sqlite:///{tmp_path}/new/vivavoce.db"


@pytest.fixture
def empty(empty_url, tmp_path):
    opened = Database(empty_url, tmp_path)
    yield opened
    opened.close()


def test_the_migrations_make_what_the_models_say(database):
    def is_ours(_object: object, name: str | None, *_: object) -> bool:
        return not (name or "").startswith(SEARCH)

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, DaySpent.metadata)

    assert differences == []


def test_migrating_twice_changes_nothing(database):
    migrate(database)
    check_tables(database)


def test_several_processes_may_migrate_at_once(empty, empty_url):
    environ = os.environ | {"DATABASE_URL": empty_url, "SECRET_KEY": "any"}

    processes = [subprocess.Popen(RELEASE, env=environ, cwd=ROOT) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    check_tables(empty)


def test_the_lock_does_not_stay_with_a_connection_that_somebody_keeps(empty_postgres_url, tmp_path):
    class Pooled(Database):
        """Its connections outlive those who close them, as behind a PgBouncer."""

        def close(self) -> None:
            pass

    pooled = Pooled(empty_postgres_url, tmp_path)

    migrate(pooled)

    with pooled.read() as session:
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        assert session.scalar(text(locks)) == 0
    Database.close(pooled)


def test_a_failed_release_step_says_why_in_a_line():
    environ = os.environ | {"DATABASE_URL": "nonsense"}

    ended = subprocess.run(RELEASE, env=environ, cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr


def test_a_database_without_tables_is_not_ready(postgres, tmp_path):
    url = postgres.create()
    empty = Database(url, tmp_path)

    with pytest.raises(StorageUnavailable, match="services.storage"):
        check_tables(empty)

    empty.close()
    postgres.drop(url)


def test_tables_of_an_earlier_version_are_not_enough_those_of_a_later_one_are(database):
    def say(version: str) -> None:
        with database.write() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))

    say(VERSION_BEFORE)
    with pytest.raises(StorageUnavailable, match="services.storage"):
        check_tables(database)

    say("9999")
    check_tables(database)


def test_the_version_before_goes_on_serving_while_tables_change(empty, empty_url):
    migrate_as_the_version_before(empty)
    begin_conversation(empty)
    environ = os.environ | {"DATABASE_URL": empty_url, "SECRET_KEY": "any"}

    release = subprocess.Popen(RELEASE, env=environ, cwd=ROOT)
    waits: list[float] = []
    while release.poll() is None:
        begun = time.monotonic()
        say_turns(empty, 1, first=OLDER_TURNS + len(waits))
        waits.append(time.monotonic() - begun)

    assert release.returncode == 0
    check_tables(empty)
    with empty.read() as session:
        found = session.scalar(text("SELECT count(*) FROM turns"))
    assert found == OLDER_TURNS + len(waits)
    assert max(waits) < LONGEST_WAIT_SECONDS


def test_a_migration_that_was_broken_off_on_a_server_may_be_repeated(postgres_url, tmp_path):
    database = Database(postgres_url, tmp_path)
    with database.write() as session:
        session.execute(
            text("UPDATE alembic_version SET version_num = :it"), {"it": VERSION_BEFORE}
        )
        session.execute(text("DROP TABLE sign_ins"))

    migrate(database)

    check_tables(database)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM sign_ins")) == 0
    database.close()


def test_a_folder_that_cannot_be_written_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    opened = Database("sqlite:///file/vivavoce.db", tmp_path)

    with pytest.raises(ConfigError, match="DATABASE_URL"):
        migrate(opened)
    opened.close()


def test_a_server_that_cannot_be_reached_is_a_config_error(tmp_path):
    opened = Database(f"postgresql://127.0.0.1:{free_port()}/nobody", tmp_path)

    with pytest.raises(ConfigError, match="DATABASE_URL"):
        migrate(opened)
    opened.close()


def migrate_as_the_version_before(database: Database) -> None:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, VERSION_BEFORE)
    database.close()


def begin_conversation(database: Database) -> None:
    """With everything that Ada has said so far."""
    with database.write() as session:
        session.execute(text("INSERT INTO users (id, created_at) VALUES ('ada', :now)"), NOON)
        session.execute(text(CONVERSATION), NOON)
    say_turns(database, OLDER_TURNS, first=0)


def say_turns(database: Database, count: int, *, first: int) -> None:
    turns = [
        NOON
        | {"item": f"item_{number}", "text": f"Tell me about whale {number}, please", "no": False}
        for number in range(first, first + count)
    ]
    with database.write() as session:
        session.execute(text(TURN), [turn | NOON for turn in turns])
