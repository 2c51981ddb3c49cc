"""What only a database server can do to us: restart, hang, be full of locks, be a stand-by."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from services.errors import StorageUnavailable
from services.storage import database as database_module
from services.storage.database import POSTGRESQL_POOL, Database
from services.storage.users import ensure_user
from services.web.threads import THREADS
from tests.storage.conftest import NOW

CONNECTIONS = POSTGRESQL_POOL["pool_size"] + POSTGRESQL_POOL["max_overflow"]
PATIENCE_SECONDS = 10


@pytest.fixture
def database(postgres_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database(postgres_url, tmp_path)
    yield opened
    opened.close()


def add(database: Database, name: str) -> None:
    with database.write() as session:
        ensure_user(session, name, NOW)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM users")) or 0


def test_a_restart_of_the_server_costs_nobody_a_request(database, postgres):
    add(database, "ada")

    postgres.stop()
    with pytest.raises(StorageUnavailable):
        add(database, "ben")
    postgres.start()

    add(database, "ben")
    assert count(database) == 2


def test_a_transaction_that_a_restart_breaks_stores_nothing(database, postgres):
    with pytest.raises(StorageUnavailable), database.write() as session:
        ensure_user(session, "ada", NOW)
        postgres.stop()
        postgres.start()

    assert count(database) == 0


def test_all_threads_of_a_worker_share_some_connections(database, postgres_url):
    meet = threading.Barrier(THREADS)

    def use(number: int) -> None:
        meet.wait()
        add(database, f"user-{number}")

    threads = [threading.Thread(target=use, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(database) == THREADS
    wait_for_connections(postgres_url, POSTGRESQL_POOL["pool_size"])


def test_what_somebody_else_locked_is_waited_for_only_so_long(postgres_url, tmp_path, monkeypatch):
    monkeypatch.setattr(
        database_module, "POSTGRESQL_LIMITS", "SET lock_timeout = 50; SET statement_timeout = 1000"
    )
    database = Database(postgres_url, tmp_path)
    add(database, "ada")
    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE users")

        begun = time.monotonic()
        with pytest.raises(StorageUnavailable):
            add(database, "ben")
        waited = time.monotonic() - begun

    assert waited < 1
    add(database, "ben")
    database.close()


def test_limits_hold_on_every_connection(database):
    wanted = {
        "lock_timeout": "5s",
        "statement_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    }

    with database.read() as session:
        found = {name: session.scalar(text(f"SHOW {name}")) for name in wanted}

    assert found == wanted


def test_a_stand_by_takes_no_writes_and_says_so(database):
    with pytest.raises(StorageUnavailable), database.write() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        ensure_user(session, "ada", NOW)


def test_missing_tables_are_told_with_what_to_do(empty_postgres_url, tmp_path):
    empty = Database(empty_postgres_url, tmp_path)

    with pytest.raises(StorageUnavailable, match="services.storage"):
        add(empty, "ada")

    empty.close()


def wait_for_connections(url: str, most: int) -> None:
    """Wait until no more are open, without our own.

    Those of the pool that are too many are closed as they come back; the server notices later.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    # Within a transaction one would always see the same.
    with psycopg.connect(url, autocommit=True) as asking:
        while True:
            row = asking.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
            assert row
            if row[0] <= most:
                return
            assert time.monotonic() < deadline, f"{row[0]} are open"
