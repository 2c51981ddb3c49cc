"""Brings the tables up to date, and tells whether they are.

Migrations only add, in steps that hold no lock for longer than a moment, so that the version
before them goes on serving while they run.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.errors import ConfigError, StorageUnavailable
from services.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
ALONE_ON_SERVER = f"""
    SET LOCAL lock_timeout = 0;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT pg_advisory_xact_lock({0x76697661})
"""
"""Waits for whoever migrates on another machine; the number is any that nobody else takes.

The lock ends with its transaction: that of a session would stay with the connection, which a
PgBouncer keeps.
"""


def migrate(database: Database) -> None:
    """Apply the migrations that are missing; several processes may do so at once.

    No connection is left open.

    Raises:
        ConfigError: the database cannot be opened or written.
    """
    try:
        with _alone(database), database.engine.connect() as connection:
            if database.file is None:
                # An index takes its time.
                connection.exec_driver_sql("SET statement_timeout = 0")
                connection.commit()
            alembic = _alembic()
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
            connection.commit()
    except (SQLAlchemyError, OSError) as error:
        raise ConfigError(f"DATABASE_URL: cannot prepare the database: {error}") from error
    finally:
        # The lifted limit of time ends with the connection.
        database.close()


def check_tables(database: Database) -> None:
    """See whether the database answers and has what this version needs.

    A later version may have migrated it already, which is no hindrance.

    Raises:
        StorageUnavailable: it has not.
    """
    with database.read() as session:
        found = session.scalar(text("SELECT version_num FROM alembic_version"))
    if found in _earlier_revisions():
        raise StorageUnavailable(
            "The database is that of an earlier version. Whoever runs the server brings it up to "
            "date with `python -m services.storage`."
        )


@cache
def _earlier_revisions() -> frozenset[str]:
    script = ScriptDirectory.from_config(_alembic())
    known = frozenset(revision.revision for revision in script.walk_revisions())
    return known - set(script.get_heads())


def _alembic() -> AlembicConfig:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return alembic


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Keep out whoever else migrates this database."""
    file = database.file
    if file is None:
        with database.engine.connect() as guard:
            guard.exec_driver_sql(ALONE_ON_SERVER)
            yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
