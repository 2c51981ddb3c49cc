"""`kill -9` between a turn's POST and its answer, again and again: no word lost, none twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine
from tests.running import RunningApp
from tests.test_bad_requests import Visitor

ROUNDS = 4
KILLS = 50
"""In each round, that cut off at least one answer; the last one takes the whole program."""
PAGES = 6
WORKERS = 3
NOTICED_SECONDS = 0.3
"""A connection to a killed process ends at once."""
LONGEST_WAIT_SECONDS = 60
BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
LENGTHS = (20, 200, 2_000, 40_000)
"""Characters of a turn."""


class Talk:
    """A conversation, what was said in it, and what the server has acknowledged."""

    def __init__(self, visitor: Visitor) -> None:
        status, _, body = visitor.send("POST", "/conversations", "{}")
        assert status == 201, body
        self.id = json.loads(body)["conversation_id"]
        self.said: dict[str, dict] = {}
        self.acknowledged: set[str] = set()

    def next(self, choice: random.Random) -> dict:
        """Say one more turn."""
        number = len(self.said)
        item_id = f"item_{number}"
        turn = {
            "item_id": item_id,
            "role": ("user", "assistant")[number % 2],
            "text": f"{number} " + "word " * (choice.choice(LENGTHS) // 5),
            "started_at": (BEGAN + timedelta(seconds=number)).isoformat(),
            "interrupted": False,
        }
        self.said[item_id] = turn
        return turn

    def send_again(self, visitor: Visitor) -> None:
        """Send what was not acknowledged."""
        for item, turn in self.said.items():
            if item not in self.acknowledged:
                path = f"/conversations/{self.id}/turns"
                status, _, body = visitor.send("POST", path, json.dumps(turn))
                assert status == 200, body
                self.acknowledged.add(item)

    def stored(self, visitor: Visitor) -> list[tuple[str, str]]:
        """Item and text of all turns that the server has, in its order."""
        status, _, body = visitor.send("GET", f"/conversations/{self.id}/export.json")
        assert status == 200, body
        return [(turn["item_id"], turn["text"]) for turn in json.loads(body)["turns"]]


class Page(threading.Thread):
    """Sends turn after turn, as the page does, until the program is gone."""

    def __init__(self, visitor: Visitor, talk: Talk, news: threading.Condition, seed: str) -> None:
        super().__init__(name=f"page of {talk.id}")
        self.cuts = 0
        self._visitor = visitor
        self._talk = talk
        self._news = news
        self._choice = random.Random(seed)

    def run(self) -> None:
        connection = self._connect()
        while True:
            turn = self._talk.next(self._choice)
            try:
                status = send(connection, self._visitor, self._talk, turn)
            except ConnectionRefusedError:
                return  # nobody listens any more
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = self._connect()
                with self._news:
                    self.cuts += 1
                    self._news.notify_all()
                continue
            assert status == 200, status
            self._talk.acknowledged.add(turn["item_id"])

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self._visitor.app.port, timeout=LONGEST_WAIT_SECONDS
        )


def send(connection: http.client.HTTPConnection, visitor: Visitor, talk: Talk, turn: dict) -> int:
    """Post a turn; gives the status once the whole answer has come."""
    headers = visitor.headers | {"Accept": "application/json"}
    connection.request("POST", f"/conversations/{talk.id}/turns", json.dumps(turn), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.fixture
def app(tmp_path) -> Iterator[RunningApp]:
    with (
        StandInEngine() as engine,
        RunningApp(
            tmp_path / "app",
            ENGINE_URL=engine.url,
            ENGINE_API_KEY=SERVER_KEY,
            WEB_CONCURRENCY=str(WORKERS),
            LOG_LEVEL="WARNING",
        ) as running,
    ):
        yield running


class Round:
    """All pages at once on a program whose workers die one after another, and then it itself."""

    def __init__(self, visitor: Visitor, talks: list[Talk], choice: random.Random) -> None:
        self._app = visitor.app
        self._choice = choice
        self._news = threading.Condition()
        self._pages = [Page(visitor, talk, self._news, str(choice.random())) for talk in talks]

    def run(self) -> None:
        """Kill so often that an answer was cut off, and give up the program."""
        for page in self._pages:
            page.start()
        kills = 0
        while kills < KILLS - 1:
            kills += self._kill_worker()
        self._app.kill()
        for page in self._pages:
            page.join(LONGEST_WAIT_SECONDS)

    @property
    def _cuts(self) -> int:
        return sum(page.cuts for page in self._pages)

    def _workers(self) -> list[psutil.Process]:
        assert self._app.process is not None
        return psutil.Process(self._app.process.pid).children()

    def _kill_worker(self) -> bool:
        """Kill one of those that answer; tells whether a page noticed."""
        with self._news:
            self._news.wait(self._choice.uniform(0, 0.02))  # any moment is as good
            before = self._cuts
            serving = [worker for worker in self._workers() if is_serving(worker)]
            if serving:
                # It may have ended by itself since.
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._choice.choice(serving).kill()
            return self._news.wait_for(lambda: self._cuts > before, NOTICED_SECONDS)


def is_serving(worker: psutil.Process) -> bool:
    """Tell whether a page is connected to this process; one that is ending has nobody."""
    try:
        return any(
            each.status == psutil.CONN_ESTABLISHED for each in worker.net_connections("tcp4")
        )
    except psutil.Error:
        return False


@pytest.mark.timeout(400)  # on a busy machine a worker takes seconds to start
def test_no_acknowledged_turn_is_lost_and_none_is_there_twice(app):
    choice = random.Random("kill")
    visitor = Visitor(app)
    talks = [Talk(visitor) for _ in range(PAGES)]
    for _ in range(ROUNDS):
        Round(visitor, talks, choice).run()

        app.__enter__()

        for talk in talks:
            stored = dict(talk.stored(visitor))
            assert talk.acknowledged <= set(stored)
            assert all(stored[item] == talk.said[item]["text"] for item in stored)
            talk.send_again(visitor)
            said = [(item, turn["text"]) for item, turn in talk.said.items()]
            assert talk.stored(visitor) == said
