"""Eight processes store turns of one conversation at once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from services.storage.conversations import create_conversation, get_conversation
from services.storage.turns import list_turns
from tests.running import ROOT
from tests.storage.conftest import NOW
from tests.storage.writing_process import TURNS

PROCESSES = 8
SECONDS = 100
"""For some hundred turns, on a machine that does much else."""


def test_no_turn_is_lost_and_none_is_there_twice(database, database_url):
    with database.write() as session:
        conversation_id = create_conversation(session, "ada", "native", NOW).id
    command = [sys.executable, "-m", "tests.storage.writing_process", database_url, conversation_id]

    with ExitStack() as stack:
        writers = [
            stack.enter_context(writing([*command, f"own{number}"])) for number in range(PROCESSES)
        ]
        for writer in writers:
            assert writer.stdin
            writer.stdin.write("go\n")
            writer.stdin.flush()
        said = [writer.communicate(timeout=SECONDS) for writer in writers]

    assert [errors[-500:] for _, errors in said] == [""] * PROCESSES
    acknowledged = {item for items, _ in said for item in items.split()}
    with database.read() as session:
        turns = list_turns(session, conversation_id)
        title = get_conversation(session, "ada", conversation_id).title
    stored = Counter(turn.item_id for turn in turns)
    assert set(stored) == acknowledged
    assert len(stored) == TURNS * (PROCESSES + 1)
    assert set(stored.values()) == {1}
    assert all(turn.text == f"This is {turn.item_id}" for turn in turns)
    assert [turn.started_at for turn in turns] == sorted(turn.started_at for turn in turns)
    assert title == turns[0].text


@contextmanager
def writing(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """One of the processes; it does not outlive the test."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
