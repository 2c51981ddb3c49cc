"""One of several programs that store turns at once: `python -m tests.storage.writing_process`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from services.errors import StorageUnavailable
from services.storage.database import Database
from services.storage.turns import NewTurn, save_turn
from tests.storage.conftest import NOW

TURNS = 10
"""That each process stores for itself, and as many that all of them store."""

ATTEMPTS = 10
"""Each waits for its lock for five seconds."""


def main(url: str, conversation_id: str, name: str) -> None:
    """Store; each turn is acknowledged by a line with its item id."""
    database = Database(url, Path())
    # Nobody begins before all are there.
    sys.stdin.readline()
    for number in range(TURNS):
        for item_id in (f"all-{number}", f"{name}-{number}"):
            turn = NewTurn(
                item_id=item_id,
                role="user",
                text=f"This is {item_id}",
                started_at=NOW + timedelta(seconds=number),
                interrupted=False,
                mode="native",
                provider="engine",
            )
            if any(is_stored(database, conversation_id, turn) for _ in range(ATTEMPTS)):
                print(item_id, flush=True)
    database.close()


def is_stored(database: Database, conversation_id: str, turn: NewTurn) -> bool:
    """Send a turn; what was refused, since others wrote for too long, is sent again."""
    try:
        with database.write() as session:
            save_turn(session, "ada", conversation_id, turn, NOW)
    except StorageUnavailable:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
