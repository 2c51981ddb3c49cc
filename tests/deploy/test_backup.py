"""The README's commands for copies of the database, on databases in use."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from services.storage.conversations import create_conversation
from services.storage.database import Database
from services.storage.migrate import check_tables
from services.storage.search import search_turns
from services.storage.turns import NewTurn, save_turn
from services.storage.users import ensure_user
from tests import install
from tests.conftest import need
from tests.deploy.guide import block, replaced
from tests.storage.conftest import NOW

STATE = "/var/lib/vivavoce"


def test_a_copy_of_a_file_in_use_is_whole(tmp_path):
    environ = replaced(block("# /etc/vivavoce.env"), {STATE: str(tmp_path)})
    url = next(
        line.removeprefix("DATABASE_URL=")
        for line in environ.splitlines()
        if line.startswith("DATABASE_URL=")
    )
    run(["-m", "services.storage"], DATABASE_URL=url)
    database = Database(url, tmp_path)
    say_something(database)

    with database.write() as session:
        ensure_user(session, "not committed yet", NOW)
        subprocess.run(copy_command(tmp_path), shell=True, check=True)
        session.rollback()
    database.close()

    (copy,) = tmp_path.glob("backup-*.db")
    shutil.move(copy, tmp_path / "restored.db")
    assert found_in(f"sqlite:///{tmp_path}/restored.db") == ["Tell me about whales"]


def test_of_a_database_that_is_not_there_there_is_no_copy(tmp_path):
    done = subprocess.run(copy_command(tmp_path), shell=True, capture_output=True)

    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_a_dump_brings_a_server_back(postgres, postgres_url, tmp_path, monkeypatch):
    database = Database(postgres_url, tmp_path)
    say_something(database)
    told = tmp_path / "vivavoce.env"
    where, dump = block("DATABASE_URL=$(sed").splitlines()
    where = replaced(where, {"/etc/vivavoce.env": shlex.quote(str(told))})
    restore = block("pg_restore")
    programs = need(install.postgres())
    monkeypatch.setenv("PATH", os.pathsep.join((programs, os.environ["PATH"])))
    other = postgres.create()

    told.write_text(f"SECRET_KEY=x\nDATABASE_URL={postgres_url}\n")
    shell(f"{where}\n{dump}", tmp_path)
    say_something(database)
    shell(f"{where}\n{restore}", tmp_path)
    told.write_text(f"DATABASE_URL={other}\n")
    shell(f"{where}\n{restore}", tmp_path)

    assert found_in(postgres_url) == found_in(other) == ["Tell me about whales"]
    database.close()
    postgres.drop(other)


def say_something(database: Database) -> None:
    turn = NewTurn("item_1", "user", "Tell me about whales", NOW, False, "native", "engine")
    with database.write() as session:
        ensure_user(session, "ada", NOW)
        conversation_id = create_conversation(session, "ada", "native", NOW).id
        save_turn(session, "ada", conversation_id, turn, NOW)


def found_in(url: str) -> list[str]:
    """What a search finds."""
    database = Database(url, Path())
    check_tables(database)
    with database.read() as session:
        found = [turn.text for turn, _ in search_turns(session, "ada", "whales", limit=8)]
    database.close()
    return found


def copy_command(folder: Path) -> str:
    """Give the guide's command, for a server whose state is in this folder."""
    program = "sudo -u vivavoce /srv/vivavoce/.venv/bin/python"
    changes = {program: shlex.quote(sys.executable), STATE: str(folder)}
    return replaced(block("sudo -u vivavoce /srv/vivavoce/.venv/bin/python"), changes)


def shell(command: str, folder: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(arguments: list[str], **environ: str) -> None:
    folder = Path(__file__).parents[2]
    subprocess.run([sys.executable, *arguments], cwd=folder, env=os.environ | environ, check=True)
