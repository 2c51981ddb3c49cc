"""A real PostgreSQL server with a folder and a port of its own."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from tests.running import free_port

START_SECONDS = 30
USER = "vivavoce"
# It decides what the lower case of a letter is; macOS has none without a language.
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
# A test may lose the machine's power, but not wait for its disk. Nothing but the tests' own
# connections is to begin a process.
OPTIONS = "-c fsync=off -c full_page_writes=off -c autovacuum=off -c unix_socket_directories="
# Not a child of ours, so that no test is blamed for it; `cat` ends when we do, however that is.
GUARD = """
exec 3<&0
(cat <&3; "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2") >/dev/null 2>&1 &
"""


class PostgresServer:
    """Runs from `with` on; each test takes a database of its own.

    The server is no child of this process, as its processes come and go.
    """

    def __init__(self, programs: str) -> None:
        """Prepare to run the programs of this folder."""
        self._programs = Path(programs)
        self._folder = Path()
        self._port = free_port()

    def __enter__(self) -> PostgresServer:
        self._folder = Path(tempfile.mkdtemp(prefix="vivavoce-postgres-"))
        if account := self._account():
            shutil.chown(self._folder, account)
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", str(self._programs), str(self._folder)],
            user=self._account(),
            cwd="/",
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._guard.wait()
        letters = ("--encoding=UTF8", f"--locale={LOCALE}")
        self._run("initdb", "-U", USER, "--auth=trust", "--no-sync", *letters)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        assert self._guard.stdin
        self._guard.stdin.close()

    def start(self) -> None:
        """Start it, and wait until it takes connections; it may run already."""
        if not self.is_running:
            options = f"{OPTIONS} -c listen_addresses=127.0.0.1 -p {self._port}"
            log = str(self._folder / "log")
            wait = ("-w", "-t", str(START_SECONDS))
            self._run("pg_ctl", *wait, "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """End it and all connections at once, as a restart does; it may have ended already."""
        if self.is_running:
            self._run("pg_ctl", "-w", "-m", "fast", "stop")

    @property
    def is_running(self) -> bool:
        """Whether there is a server."""
        return (self._folder / "data" / "postmaster.pid").exists()

    def url(self, database: str = "postgres") -> str:
        """Give the address of a database, as an operator writes it."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database like this one, and give its address; nobody may be connected to it."""
        name = f"test_{secrets.token_hex(4)}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template.rsplit("/", 1)[-1]}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Delete a database, whoever is connected."""
        self._say(f'DROP DATABASE "{url.rsplit("/", 1)[-1]}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, "-D", self._folder / "data", *arguments],
            user=self._account(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            # Not a pipe: the server would hold it open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self._folder / "log"
            said = done.stderr or (log.read_text("utf-8")[-2000:] if log.exists() else "")
            raise RuntimeError(f"{program} failed:\n{said}")

    @staticmethod
    def _account() -> str | None:
        """Somebody else, if we are root, for whom PostgreSQL does not run."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"
