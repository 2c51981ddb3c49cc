"""A real database of either kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.storage.database import Database
from services.storage.users import ensure_user

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """With two people in it: Ada and Ben."""
    opened = Database(database_url, tmp_path)
    with opened.write() as session:
        ensure_user(session, "ada", NOW)
        ensure_user(session, "ben", NOW)
    yield opened
    opened.close()
