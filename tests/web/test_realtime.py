"""The JSON routes of a call."""

from __future__ import annotations

import pytest

from tests.providers.stand_in_engine import ANSWER, MODEL, SERVER_KEY
from tests.web.visitor import OFFER, Visitor, problem_of

SESSION = "/api/realtime/session"


def test_a_session_has_everything_that_the_page_needs(ada, engine, clock):
    session = ada.mint()

    assert set(session) == {
        "call_id", "conversation_id", "session_id", "provider", "model", "mode", "connect_via",
        "client_secret", "calls_url", "relay_url", "ice_servers", "session", "tools", "limits",
    }  # fmt: skip
    assert session["calls_url"] == f"/api/realtime/calls/{session['call_id']}"
    assert engine.keys == {
        session["client_secret"]["value"]: session["client_secret"]["expires_at"]
    }
    assert (session["provider"], session["model"], session["mode"]) == ("engine", MODEL, "native")
    assert session["limits"] == {
        "call_seconds": 1800,
        "ends_at": int(clock.now.timestamp()) + 1800,
        "minutes_left_today": 60,
    }
    assert SERVER_KEY not in str(session)


def test_what_is_asked_for_reaches_the_engine(ada, engine):
    ada.mint(voice="amy", language="de-CH", instructions="Be brief.")

    asked = engine.sessions[0]
    assert asked["instructions"] == "Be brief."
    assert asked["audio"]["output"]["voice"] == "amy"
    assert asked["audio"]["input"]["transcription"]["language"] == "de"
    assert asked["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "auto",
    }


def test_the_engine_learns_a_stable_name_that_is_not_the_users_id(ada, ben, engine):
    for visitor in (ada, ada, ben):
        visitor.mint()

    first, second, third = engine.safety_identifiers
    assert first == second != third
    with ada.client.session_transaction() as session:
        assert session["user"] not in first


def test_an_offer_is_answered_and_counts_as_a_call(ada, engine):
    session = ada.mint()

    answer = ada.offer(session)

    assert (answer.status_code, answer.text) == (201, ANSWER)
    assert answer.content_type == "application/sdp"
    assert answer.headers["Location"] == session["calls_url"]
    assert engine.calls == ["rtc_1"]


def test_hanging_up_ends_the_call_at_the_engine_and_may_be_done_twice(ada, engine):
    session = ada.mint()
    ada.offer(session)

    for _ in range(2):
        assert ada.delete(session["calls_url"]).status_code == 204
    assert engine.calls == []
    problem_of(ada.offer(session), 410, "call-ended")


def test_a_brokered_call_needs_no_key(make_app, engine):
    ada = Visitor(make_app(connect_via="broker"))
    session = ada.mint(instructions="Be brief.")

    assert session["client_secret"] is None
    assert ada.offer(session).status_code == 201
    assert engine.sessions[0]["instructions"] == "Be brief."
    assert engine.keys == {}


def test_a_heartbeat_says_how_long_the_call_may_last(ada, clock):
    session = ada.mint()
    ada.offer(session)
    clock.pass_by(seconds=15)

    pulse = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening", "stats": {}})

    assert pulse.get_json() == {
        "ends_at": int(clock.now.timestamp()) + 1785,
        "seconds_left": 1785,
    } | {"cost_usd": 0, "budget": None, "landing": None}


def test_a_call_ends_at_its_longest_time(ada, clock, engine):
    session = ada.mint()
    ada.offer(session)
    beat = session["calls_url"] + "/heartbeat"
    clock.pass_by(minutes=29, seconds=59)
    assert ada.post(beat, {"state": "speaking"}).status_code == 200

    clock.pass_by(seconds=1)

    for _ in range(2):
        problem_of(ada.post(beat, {"state": "speaking"}), 410, "call-ended")
    assert engine.calls == []


def test_a_day_has_so_many_minutes_for_one_person(make_app, clock):
    clock.now = clock.now.replace(hour=12)
    app = make_app(connect_via="broker", call_max_minutes=6, daily_minutes_per_user=10)
    ada, ben = Visitor(app), Visitor(app)
    for seconds in (360, 240):
        session = ada.mint()
        assert session["limits"]["call_seconds"] == seconds
        ada.offer(session)
        clock.pass_by(seconds=seconds)
        ada.delete(session["calls_url"])

    problem_of(ada.post(SESSION, {}), 429, "daily-minutes-used")
    ben.mint()
    clock.pass_by(hours=24)
    ada.mint()


def test_keys_minted_ahead_do_not_lengthen_the_day(make_app, clock):
    clock.now = clock.now.replace(hour=12)
    ada = Visitor(make_app(connect_via="broker", daily_minutes_per_user=1))
    first, second = ada.mint(), ada.mint()
    ada.offer(first)
    clock.pass_by(seconds=60)
    ada.delete(first["calls_url"])

    problem_of(ada.offer(second), 429, "daily-minutes-used")


def test_a_call_takes_one_offer_unless_that_failed(ada, engine):
    session = ada.mint()

    problem_of(ada.offer(session, sdp="v=0\r\nno sound\r\n"), 400, "offer-rejected")
    engine.fail(503, "All lines are busy.", "lines_busy")
    busy = ada.offer(session)
    assert problem_of(busy, 503, "provider-busy")["detail"] == "All lines are busy."
    assert busy.headers["Retry-After"] == "2"
    engine.instead = None
    assert ada.offer(session).status_code == 201
    problem_of(ada.offer(session), 409, "call-already-connected")


def test_a_key_opens_its_own_call_only_and_only_in_time(ada, clock):
    session, other = ada.mint(), ada.mint()

    problem_of(ada.offer(session, key=other["client_secret"]["value"]), 401, "key-refused")
    problem_of(ada.offer(session, key="ek_made_up"), 401, "key-refused")
    problem_of(ada.offer(session | {"client_secret": None}), 401, "key-refused")
    clock.pass_by(minutes=2)
    assert "expired" in problem_of(ada.offer(session), 401, "key-refused")["detail"]


def test_a_key_that_the_engine_forgot_is_refused(ada, engine):
    session = ada.mint()
    engine.keys.clear()

    problem_of(ada.offer(session), 401, "key-refused")


def test_other_peoples_calls_do_not_exist(ada, ben):
    session = ada.mint()

    problem_of(ben.offer(session), 404, "not-found")
    problem_of(ben.delete(session["calls_url"]), 404, "not-found")
    beat = session["calls_url"] + "/heartbeat"
    problem_of(ben.post(beat, {"state": "listening"}), 404, "not-found")
    theirs = {"conversation_id": session["conversation_id"]}
    problem_of(ben.post(SESSION, theirs), 404, "not-found")


def test_a_call_may_go_on_with_a_conversation(ada):
    first = ada.mint()

    assert (
        ada.mint(conversation_id=first["conversation_id"])["conversation_id"]
        == (first["conversation_id"])
    )


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"mode": "telepathy"}, "no mode"),
        ({"mode": 5}, "must be text"),
        ({"voice": ["amy"]}, "must be text"),
        ({"voice": "nobody"}, "joe, amy"),
        ({"model": "gpt-9"}, MODEL),
        ({"language": "12"}, "language code"),
        ({"transport": "pigeon"}, "websocket"),
        ({"instructions": "x" * 20_000}, "longer than"),
        ({"instructions": "\0"}, "NUL"),
        ({"instructions": "\ud800"}, "half a character"),
    ],
)
def test_a_wish_that_cannot_be_had_is_named(ada, wish, words):
    detail = problem_of(ada.post(SESSION, wish), 422, "invalid-field")["detail"]

    assert next(iter(wish)) in detail
    assert words in detail


@pytest.mark.parametrize("beat", [{}, {"state": None}, {"state": 1}, {"state": "x", "stats": []}])
def test_a_bad_heartbeat_is_explained(ada, beat):
    path = ada.mint()["calls_url"] + "/heartbeat"

    problem_of(ada.post(path, beat), 422, "invalid-field")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-body"),
        (b"[]", "application/json", 400, "malformed-body"),
        (b"\xff\xfe", "application/json", 400, "malformed-body"),
        (b"[" * 50_000, "application/json", 400, "malformed-body"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b"{" + b" " * 70_000 + b"}", "application/json", 413, "body-too-large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(ada, body, content_type, status, code):
    answer = ada.post(SESSION, data=body, headers={"Content-Type": content_type})

    problem_of(answer, status, code)


@pytest.mark.parametrize(
    ("sdp", "status", "code"),
    [
        ("", 400, "offer-rejected"),
        ("hello", 400, "offer-rejected"),
        ("v=0\0", 400, "offer-rejected"),
        (OFFER + "x" * 300_000, 413, "body-too-large"),
    ],
)
def test_a_broken_offer_is_refused(ada, sdp, status, code):
    problem_of(ada.offer(ada.mint(), sdp=sdp), status, code)


def test_an_offer_must_say_that_it_is_sdp(ada):
    answer = ada.post(ada.mint()["calls_url"], {"sdp": OFFER})

    problem_of(answer, 415, "unsupported-media-type")


def test_no_body_at_all_is_an_empty_wish(ada):
    assert ada.post(SESSION).status_code == 201


def test_an_engine_that_starts_is_told_with_a_time_to_come_back(make_app):
    ada = Visitor(make_app(engine_url=None))

    answer = ada.post(SESSION, {})

    assert problem_of(answer, 503, "engine-starting")["retryable"] is True
    assert answer.headers["Retry-After"] == "2"


def test_hanging_up_while_connecting_leaves_no_call_behind(ada, engine):
    session = ada.mint()

    def hang_up_meanwhile(handler):
        engine.instead = None
        other = Visitor(ada.client.application)
        cookie = ada.client.get_cookie("vivavoce")
        assert cookie is not None
        other.client.set_cookie("vivavoce", cookie.value)
        assert other.delete(session["calls_url"]).status_code == 204
        handler.respond()

    engine.instead = hang_up_meanwhile
    problem_of(ada.offer(session), 410, "call-ended")
    assert engine.calls == []
