"""What all tests share: a clean environment, a look for leaks, and the real programs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from services.storage.database import Database
from services.storage.migrate import migrate
from tests import install
from tests.running import RunningApp, config_names
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

DATA = Path(__file__).parent / "data"
LEAK_GRACE_SECONDS = 3.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in this thread from its start on."""
    items.sort(key=lambda item: "/tests/browser/" in item.path.as_posix())


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine reaches a test."""
    for name in config_names():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture(autouse=True)
def leak_detector(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test must end the threads and processes that it started."""
    threads, children = set(threading.enumerate()), child_processes()
    yield
    if request.node.get_closest_marker("browser"):
        return  # browsers and Playwright start and end processes and threads as they like
    deadline = time.monotonic() + LEAK_GRACE_SECONDS
    while left := left_behind(threads, children):
        if time.monotonic() > deadline:
            pytest.fail(f"left behind: {', '.join(left)}")
        time.sleep(0.02)  # a thread or child may be about to end


def left_behind(threads: set[threading.Thread], children: set[psutil.Process]) -> list[str]:
    """Name what is there now and was not before."""
    new_threads = [thread.name for thread in threading.enumerate() if thread not in threads]
    new_children = [str(child) for child in child_processes() - children]
    return new_threads + new_children


def child_processes() -> set[psutil.Process]:
    """Living processes below this one."""
    return set(psutil.Process().children(recursive=True))


def need(part: install.Part) -> str:
    """Give where a part of the machine is; without it skip, under CI fail."""
    if part.path is None:
        reason = f"{part.name} is missing: {part.advice}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    assert part.path
    return part.path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a browser."""
    return need(install.browser())


@pytest.fixture(scope="session")
def espeak() -> str:
    """Path of espeak-ng."""
    return need(install.espeak())


@pytest.fixture(scope="session")
def model_files() -> str:
    """The engine's models are in the cache."""
    return need(install.models())


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; tests take databases of their own."""
    with PostgresServer(need(install.postgres())) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """A database with all tables, from which others are copied."""
    url = postgres.create()
    migrate(Database(url, DATA))
    return url


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A database without tables."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def postgres_url(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """A database with all tables and no rows."""
    url = postgres.create(template=migrated_postgres)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with all tables and no rows, of either kind: both keep the same promises."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    url = f"sqlite:///{tmp_path}/vivavoce.db"
    migrate(Database(url, tmp_path))
    return url


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server with nothing in it; it starts in a moment, so each test has its own."""
    with RedisServer(need(install.redis())) as server:
        yield server


@pytest.fixture
def redis_url(redis: RedisServer) -> str:
    """Its address."""
    return redis.url


@pytest.fixture(scope="session")
def scripted_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Web program and engine with scripted stages; all tests of the session share it."""
    folder = tmp_path_factory.mktemp("scripted-app")
    with RunningApp(folder, scripted=DATA / "script.toml") as app:
        yield app


@pytest.fixture(scope="session")
def talking_app(tmp_path_factory: pytest.TempPathFactory, model_files: str) -> Iterator[RunningApp]:
    """Web program and engine with the real models."""
    with RunningApp(tmp_path_factory.mktemp("talking-app")) as app:
        yield app


@pytest.fixture
def app_with(tmp_path: Path) -> Iterator[Callable[..., RunningApp]]:
    """Starts an app of the test's own: a script of tests/data, configuration as keywords."""
    running: list[RunningApp] = []

    def start(script: str = "script.toml", **environ: str) -> RunningApp:
        folder = tmp_path / f"app-{len(running)}"
        app = RunningApp(folder, scripted=DATA / script, **environ)
        running.append(app.__enter__())
        return app

    yield start
    for app in running:
        app.stop()
