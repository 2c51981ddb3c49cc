"""Runs the migrations on the connection that services/storage/migrate.py opened."""

from __future__ import annotations

from alembic import context

from services.storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can change a table only by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
