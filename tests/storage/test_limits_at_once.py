"""Eight processes run into the same limits at once; none is passed by even one call."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.storage.conversations import create_conversation
from services.storage.database import Database
from services.storage.models import Call
from services.storage.records import UsageRecord
from services.storage.usage import spent_on
from tests.running import ROOT
from tests.storage.calls import add_call, live
from tests.storage.conftest import NOW
from tests.storage.counting_process import LIMITS, OWN, SHARED

PROCESSES = 8
SECONDS = 60


class Crowd:
    """Programs that do the same at the same time."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.storage.counting_process", url]
        self._programs = [
            subprocess.Popen(
                [*command, str(number)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(PROCESSES)
        ]
        assert [self._read(program) for program in self._programs] == ["ready\n"] * PROCESSES

    def do(self, *words: str) -> list[Any]:
        """Let all of them do it; give what came of it, of all together."""
        for program in self._programs:
            assert program.stdin
            program.stdin.write(" ".join(words) + "\n")
            program.stdin.flush()
        return [each for program in self._programs for each in json.loads(self._read(program))]

    def leave(self) -> None:
        for program in self._programs:
            program.communicate(timeout=SECONDS)

    def _read(self, program: subprocess.Popen[str]) -> str:
        assert program.stdout
        return program.stdout.readline()


@pytest.fixture
def crowd(database, database_url) -> Iterator[Crowd]:
    crowd = Crowd(database_url)
    yield crowd
    crowd.leave()


def test_what_eight_processes_do_at_once_is_as_exact_as_what_one_does(database, crowd):
    # One test, since it takes longest to bring the crowd together.
    no_limit_is_passed_by_even_one_call(database, crowd)
    what_all_tell_of_is_counted_once_and_nothing_is_left_out(database, crowd)
    an_overdue_call_is_ended_by_one_of_them(database, crowd)


def no_limit_is_passed_by_even_one_call(database: Database, crowd: Crowd) -> None:
    with database.write() as session:
        conversation_id = create_conversation(session, "ada", "native", NOW).id

    entered = crowd.do("enter", conversation_id)

    assert (len(entered), entered.count(True)) == (5 * PROCESSES, LIMITS.per_minute)

    with database.write() as session:
        waiting = [add_call(session, "ada").id for _ in range(12)]
    connected = crowd.do("claim", *waiting)
    with database.read() as session:
        live_calls = session.scalars(select(Call.id).where(Call.connected_at.is_not(None))).all()
    assert sorted(connected) == sorted(live_calls)
    assert len(live_calls) == LIMITS.at_once


def what_all_tell_of_is_counted_once_and_nothing_is_left_out(
    database: Database, crowd: Crowd
) -> None:
    with database.write() as session:
        call_id = add_call(session, "ada").id

    told = crowd.do("use", call_id)

    expected = SHARED + OWN * PROCESSES
    assert told.count(True) == expected
    with database.read() as session:
        rows = session.scalar(select(func.count()).select_from(UsageRecord))
        assert (rows, spent_on(session, NOW.date())) == (expected, 7 * expected)


def an_overdue_call_is_ended_by_one_of_them(database: Database, crowd: Crowd) -> None:
    with database.write() as session:
        over = live(NOW - timedelta(minutes=5)) | {"ends_at": NOW}
        overdue = [add_call(session, "ada", **over).id for _ in range(30)]

    ended = crowd.do("sweep")

    assert sorted(ended) == sorted(overdue)
