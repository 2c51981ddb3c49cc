"""Several processes count together in Redis, and each for itself while it is away."""

from __future__ import annotations

import socket
import threading
import time

from services.web.limits import PEOPLE
from tests.web.visitor import CODE, Guest, Visitor

DOOR = {"auth_mode": "code", "access_code": CODE}


def guess(app, times: int) -> int:
    """Try a wrong code; gives the last status."""
    guest = Guest(app)
    return [guest.sign_in(code="guess").status_code for _ in range(times)][-1]


def test_two_processes_count_together(make_app, redis_url):
    first, second = (make_app(redis_url=redis_url, **DOOR) for _ in range(2))

    assert guess(first, 6) == 403
    assert guess(second, 4) == 403
    assert guess(first, 1) == guess(second, 1) == 429


def test_who_knows_the_code_is_forgiven_everywhere(make_app, redis_url):
    first, second = (make_app(redis_url=redis_url, **DOOR) for _ in range(2))
    guess(first, 9)

    assert Guest(second).sign_in().status_code == 303
    assert guess(first, 9) == 403


def test_without_redis_the_door_still_opens_and_still_counts(make_app, redis, redis_url):
    app = make_app(redis_url=redis_url, **DOOR)
    redis.stop()

    assert Guest(app).sign_in().status_code == 303
    assert guess(app, 10) == 403
    assert guess(app, 1) == 429


def test_a_redis_that_is_silent_is_not_waited_for(make_app):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Without time limits this would wait for ever.
        rescue = threading.Timer(20, listener.close)
        rescue.start()
        try:
            app = make_app(redis_url=f"redis://127.0.0.1:{listener.getsockname()[1]}/0", **DOOR)
            begun = time.monotonic()

            signed_in, ready = Guest(app).sign_in(), Guest(app).get("/readyz")

            seconds = time.monotonic() - begun
        finally:
            rescue.cancel()
            rescue.join()
    assert signed_in.status_code == 303
    assert ready.status_code == 200
    assert ready.get_json()["checks"]["redis"]["status"] == "redis-unavailable"
    assert seconds < 10


def test_who_passes_for_many_prepares_no_more_calls_than_some_people_may(make_app):
    app = make_app(mints_per_minute=1, **DOOR)

    def mint() -> int:
        guest = Guest(app)
        guest.sign_in()
        return guest.post("/api/realtime/session", {}).status_code

    assert [mint() for _ in range(PEOPLE + 1)] == [201] * PEOPLE + [429]


def test_on_a_machine_of_ones_own_there_is_no_such_limit(make_app):
    app = make_app(mints_per_minute=1)

    for _ in range(PEOPLE + 1):
        Visitor(app).mint()
