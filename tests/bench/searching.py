"""search_ms, conversations_ms: the list of conversations with 10,000 of them and 100,000 turns."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import insert, text

from services.storage.database import Database
from services.storage.migrate import migrate
from services.storage.models import Conversation, Turn
from services.storage.words import words_to_find
from tests.bench.figures import percentiles
from tests.bench.visiting import Client
from tests.conftest import DATA
from tests.running import RunningApp
from tests.servers.postgres import PostgresServer

CONVERSATIONS = 10_000
TURNS_EACH = 10
SEARCHES = 200
BATCH = 500
VOCABULARY = 20_000
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


def measure_search(folder: Path, postgres: str) -> dict[str, object]:
    """Measure on either database.

    Args:
        folder: for programs and files.
        postgres: the folder of PostgreSQL's programs.
    """
    measured = {"sqlite": _measure(folder / "sqlite", f"sqlite:///{folder}/bench.db")}
    with PostgresServer(postgres) as server:
        measured["postgresql"] = _measure(folder / "postgresql", server.create())
    return {
        f"{name}_{database}": figures[name]
        for name in ("search_ms", "conversations_ms")
        for database, figures in measured.items()
    }


def _measure(folder: Path, url: str) -> dict[str, object]:
    """Fill a database, and ask the program for findings and for lists, one by one."""
    database = Database(url, folder)
    migrate(database)
    more = {"DATABASE_URL": url, "SECRET_KEY": secrets.token_hex()}
    with RunningApp(folder, scripted=DATA / "quick.toml", **more) as app:
        client = Client(app.url)
        begun = json.loads(client.ask("POST", "/conversations"))
        client.rest()
        fill(database, begun["conversation_id"])
        database.close()
        paths = [f"/conversations?{urlencode({'q': query})}" for query in make_queries()]
        return {
            "search_ms": percentiles([milliseconds(client, path) for path in paths]),
            "conversations_ms": percentiles(
                [milliseconds(client, "/conversations") for _ in range(SEARCHES)]
            ),
        }


def milliseconds(client: Client, path: str) -> float:
    """Time of an answer, with all of its bytes."""
    begun = time.perf_counter()
    client.ask("GET", path)
    return 1000 * (time.perf_counter() - begun)


def vocabulary() -> list[str]:
    """Words from frequent to rare; each as often as its place in the list says (Zipf)."""
    draw = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ä", "é")]
    return ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(VOCABULARY)]


def make_queries() -> Iterator[str]:
    """One to three words, frequent and rare, whole and begun."""
    draw = random.Random(6)
    words = vocabulary()
    for _ in range(SEARCHES):
        places = [int(VOCABULARY ** draw.random()) - 1 for _ in range(draw.randint(1, 3))]
        query = " ".join(words[place] for place in places)
        yield query[: max(2, len(query) - draw.randint(0, 3))]


def fill(database: Database, conversation_id: str) -> None:
    """Give the owner of this conversation many more, with a hundred thousand turns."""
    draw = random.Random(7)
    words = vocabulary()
    weights = [1 / (place + 1) for place in range(VOCABULARY)]
    with database.read() as session:
        begun = session.get(Conversation, conversation_id)
        assert begun
        owner = begun.user_id
    for first in range(0, CONVERSATIONS, BATCH):
        numbers = range(first, first + BATCH)
        made = [_conversation(number, owner) for number in numbers]
        turns = [
            _turn(each, place, owner, " ".join(draw.choices(words, weights, k=draw.randint(3, 30))))
            for each in made
            for place in range(TURNS_EACH)
        ]
        with database.write() as session:
            session.execute(insert(Conversation), made)
            session.execute(insert(Turn), turns)
    if database.file is None:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE"))


def _conversation(number: int, owner: str) -> dict[str, object]:
    at = BEGAN + timedelta(hours=number)
    return {
        "id": f"conversation-{number}", "user_id": owner, "title": f"Conversation {number}",
        "mode": "native", "created_at": at, "updated_at": at,
    }  # fmt: skip


def _turn(of: dict[str, object], place: int, owner: str, said: str) -> dict[str, object]:
    at = of["created_at"]
    assert isinstance(at, datetime)
    return {
        "conversation_id": of["id"], "item_id": f"item_{place}",
        "role": ("user", "assistant")[place % 2], "text": said, "interrupted": False,
        "started_at": at + timedelta(seconds=10 * place), "mode": "native", "provider": "engine",
        "words": words_to_find(owner, said),
    }  # fmt: skip
