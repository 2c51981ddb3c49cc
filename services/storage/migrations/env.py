"""Runs the migrations on the connection that services/storage/migrate.py opened.

On PostgreSQL each statement is committed by itself: one that holds a table and waits for another
one would meet requests of the version before that hold and wait the other way round. So each must
be one that may be repeated, for the case that a migration is broken off. SQLite, which has one
lock for everything, takes a migration as a whole.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from services.storage.models import Base

connection: Connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can change a table only by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
