"""The database is locked, or the disk is full: turns are refused for now, and nothing is lost."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
from collections.abc import Iterator

import psutil
import pytest

from tests.running import RunningApp
from tests.test_bad_requests import Visitor, refused


@pytest.fixture
def visitor(app_with) -> Visitor:
    return Visitor(app_with())


def say(visitor: Visitor, conversation: str, number: int) -> tuple[int, list, bytes]:
    """Send a turn."""
    turn = {"item_id": f"item_{number}", "role": "user", "text": f"Turn {number}",
            "started_at": f"2026-11-21T12:00:0{number}Z", "interrupted": False}  # fmt: skip
    return visitor.send("POST", f"/conversations/{conversation}/turns", json.dumps(turn))


def stored(visitor: Visitor, conversation: str) -> list[str]:
    """What the server has."""
    body = visitor.send("GET", f"/conversations/{conversation}/export.json")[2]
    return [turn["text"] for turn in json.loads(body)["turns"]]


def begin(visitor: Visitor) -> str:
    """Begin a conversation, with one turn in it."""
    conversation = json.loads(visitor.send("POST", "/conversations", "{}")[2])["conversation_id"]
    assert say(visitor, conversation, 1)[0] == 200
    return conversation


@contextlib.contextmanager
def disk_full(app: RunningApp) -> Iterator[None]:
    """Let no process of the program write another byte into a file."""
    family = app.processes()
    limits = [process.rlimit(psutil.RLIMIT_FSIZE) for process in family]
    for process, (_, most) in zip(family, limits, strict=True):
        process.rlimit(psutil.RLIMIT_FSIZE, (0, most))
    yield
    for process, limit in zip(family, limits, strict=True):
        process.rlimit(psutil.RLIMIT_FSIZE, limit)


def test_a_locked_database_refuses_for_now(visitor):
    conversation = begin(visitor)
    holder = sqlite3.connect(visitor.app.folder / "vivavoce.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    problem = refused(say(visitor, conversation, 2), 503)

    assert (problem["code"], problem["retryable"]) == ("storage-unavailable", True)
    assert stored(visitor, conversation) == ["Turn 1"]
    holder.close()
    assert say(visitor, conversation, 2)[0] == 200
    assert stored(visitor, conversation) == ["Turn 1", "Turn 2"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process from outside")
def test_a_full_disk_refuses_for_now_and_keeps_what_is_there(visitor):
    conversation = begin(visitor)

    with disk_full(visitor.app):
        problem = refused(say(visitor, conversation, 2), 503)
        assert stored(visitor, conversation) == ["Turn 1"]

    assert problem["code"] == "storage-unavailable"
    for number in (2, 3):
        assert say(visitor, conversation, number)[0] == 200
    assert stored(visitor, conversation) == ["Turn 1", "Turn 2", "Turn 3"]
