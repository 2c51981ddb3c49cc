"""The database restarts, or Redis is away, while people talk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.test_bad_requests import Visitor, refused
from tests.web.visitor import CODE, Guest

TURNS = 24


@pytest.fixture
def visitor(tmp_path, postgres_url, redis_url) -> Iterator[Visitor]:
    """Somebody on a program that leans on both."""
    with (
        StandInEngine() as engine,
        RunningApp(
            tmp_path / "app",
            ENGINE_URL=engine.url,
            ENGINE_API_KEY=SERVER_KEY,
            DATABASE_URL=postgres_url,
            REDIS_URL=redis_url,
            SECRET_KEY="a key that only this test knows",
        ) as app,
    ):
        yield Visitor(app)


def say(visitor: Visitor, conversation: str, number: int) -> tuple[int, list, bytes]:
    """Send a turn."""
    turn = {"item_id": f"item_{number}", "role": "user", "text": f"Turn {number}",
            "started_at": f"2026-11-21T12:00:{number:02}Z", "interrupted": False}  # fmt: skip
    return visitor.send("POST", f"/conversations/{conversation}/turns", json.dumps(turn))


def say_all(visitor: Visitor, conversation: str) -> list[int]:
    """Send all turns, several at once; gives the numbers of those that were not taken."""
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda number: say(visitor, conversation, number), range(TURNS))
        return [number for number, (status, _, _) in enumerate(answers) if status != 200]


def stored(visitor: Visitor, conversation: str) -> list[str]:
    """What the server has."""
    body = visitor.send("GET", f"/conversations/{conversation}/export.json")[2]
    return [turn["text"] for turn in json.loads(body)["turns"]]


def test_a_database_that_restarts_costs_one_request_at_most(
    visitor: Visitor, postgres: PostgresServer
):
    conversation = visitor.mint()["conversation_id"]
    assert say_all(visitor, conversation) == []
    postgres.stop()
    try:
        answer = say(visitor, conversation, 0)
    finally:
        postgres.start()

    failed = say_all(visitor, conversation)

    assert refused(answer, 503)["code"] == "storage-unavailable"
    assert "Retry-After" in dict(answer[1])
    assert len(failed) <= 1
    assert [say(visitor, conversation, number)[0] for number in failed] == [200] * len(failed)
    assert stored(visitor, conversation) == [f"Turn {number}" for number in range(TURNS)]


def test_talks_go_on_without_redis(visitor: Visitor, redis: RedisServer):
    redis.stop()

    conversation = visitor.mint()["conversation_id"]
    failed = say_all(visitor, conversation)
    _, _, body = visitor.send("GET", "/readyz")

    assert failed == []
    assert json.loads(body)["checks"]["redis"]["status"] == "redis-unavailable"


def test_without_redis_a_process_counts_for_itself_and_says_so(make_app, redis, redis_url, caplog):
    app = make_app(auth_mode="code", access_code=CODE, redis_url=redis_url)
    redis.stop()

    signed_in = Guest(app).sign_in()
    guesses = [Guest(app).sign_in(code="guess") for _ in range(11)]

    assert signed_in.status_code == 303
    assert [guess.status_code for guess in guesses] == [403] * 10 + [429]
    assert "falling back to in-memory storage" in caplog.text
