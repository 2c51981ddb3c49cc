"""One of several programs that run into limits at once: `python -m tests.storage.counting_process`.

Each line of its input names something to do; what came of it goes to its output, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.storage import database as database_module
from services.storage.calls import end_due
from services.storage.database import Database
from services.storage.limits import CallLimits, claim_call, enter_call, lock_user
from services.storage.models import Call
from services.storage.usage import NewUsage, record_usage
from tests.storage.calls import values_of
from tests.storage.conftest import NOW

LIMITS = CallLimits(at_once=4, per_minute=10)
OWN, SHARED = 15, 10
"""Replies that each process tells of for itself, and that all of them tell of."""


def enter(database: Database, number: int, conversation_id: str) -> list[bool]:
    """Prepare five calls."""

    def one() -> bool:
        with database.write() as session:
            lock_user(session, "ada")
            return enter_call(session, values_of("ada", conversation_id), LIMITS, NOW)

    return [one() for _ in range(5)]


def claim(database: Database, number: int, *call_ids: str) -> list[str]:
    """Connect calls, each process in another order; name those that were."""
    connected = []
    for call_id in call_ids[number:] + call_ids[:number]:
        with database.write() as session:
            lock_user(session, "ada")
            call = session.get_one(Call, call_id)
            end = (NOW + timedelta(minutes=5), "limit")
            if claim_call(session, call, NOW, end, LIMITS.at_once):
                connected.append(call_id)
    return connected


def use(database: Database, number: int, call_id: str) -> list[bool]:
    """Tell of replies, each of which costs 7."""
    told = []
    for name in [f"all_{each}" for each in range(SHARED)] + [f"{number}_{i}" for i in range(OWN)]:
        reply = NewUsage(name, None, "openai", "gpt-realtime-2.1", "reply", {"text_in": 1}, 7)
        with database.write() as session:
            told.append(record_usage(session, "ada", call_id, reply, NOW))
    return told


def sweep(database: Database, number: int) -> list[str]:
    """End what is overdue; name what was."""
    with database.write() as session:
        return [ended.id for ended in end_due(session, NOW, None)]


def main(url: str, number: str) -> None:
    """Do what is asked for until nothing more is."""
    # How long a writer waits is not under test: on a slow machine eight may need their time.
    database_module.BUSY_TIMEOUT_MS = 60_000
    database_module.POSTGRESQL_LIMITS = "SET lock_timeout = 60000; SET statement_timeout = 60000"
    database = Database(url, Path())
    tasks: dict[str, Callable[..., list[Any]]] = {
        "enter": enter,
        "claim": claim,
        "use": use,
        "sweep": sweep,
    }
    print("ready", flush=True)
    for line in sys.stdin:
        name, *arguments = line.split()
        print(json.dumps(tasks[name](database, int(number), *arguments)), flush=True)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
