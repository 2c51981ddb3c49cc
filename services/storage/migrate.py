"""Brings the tables up to date."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy.exc import SQLAlchemyError

from services.errors import ConfigError
from services.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Apply the migrations that are missing; several processes may do so at once.

    Raises:
        ConfigError: the database cannot be opened or written.
    """
    try:
        with _alone(database.file), database.engine.connect() as connection:
            alembic = AlembicConfig()
            alembic.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
            connection.commit()
    except (SQLAlchemyError, OSError) as error:
        raise ConfigError(f"DATABASE_URL: cannot prepare the database: {error}") from error


@contextmanager
def _alone(file: Path | None) -> Iterator[None]:
    """Keep other processes of this machine out; a database server does that by itself."""
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
