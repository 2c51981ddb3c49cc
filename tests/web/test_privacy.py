"""What is told about privacy, and all of one's own: taken along, or gone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from services.storage.models import Turn
from tests.web.visitor import CODE, Guest, Visitor


def places(answer) -> list[str]:
    return [f"{place['what']} {place['where']}" for place in json.loads(answer)]


def stored_places(app) -> str | None:
    with app.extensions["vivavoce"].database.read() as session:
        return session.query(Turn).one().places


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"sound": "device", "mode": "text"}, ["sound device", "text server"]),
        ({"sound": "none"}, ["text server"]),
        ({}, ["sound server", "text server"]),
        ({"mode": "text"}, ["sound browser", "text server"]),
    ],
)
def test_each_turn_says_where_it_went(app, ada, sent, where):
    conversation = ada.mint()["conversation_id"]

    ada.say(conversation, **sent)

    assert places(stored_places(app)) == where
    page = ada.get(f"/conversations/{conversation}").text
    assert page.count('data-testid="places"') == 1


def test_a_correction_without_it_keeps_where_the_words_came_from(app, ada):
    conversation = ada.mint()["conversation_id"]
    ada.say(conversation, sound="device", mode="text")
    before = stored_places(app)

    ada.say(conversation, "Hello where", sound="device", mode="text")

    assert stored_places(app) == before


def test_an_unknown_place_is_refused(ada):
    conversation = ada.mint()["conversation_id"]

    assert ada.say(conversation, sound="moon").status_code == 422


def test_the_page_names_who_takes_part(make_app):
    app = make_app(speech_provider="elevenlabs", elevenlabs_api_key="k", retention_days=30)

    page = Visitor(app).get("/privacy").text

    assert "ElevenLabs (any region, api.elevenlabs.io)" in page
    assert "30 days" in page
    assert "No sound of you is stored" in page


def test_the_engine_that_answers_without_money_is_named(make_app):
    app = make_app(
        provider="openai",
        openai_api_key="k",
        connect_via="broker",
        daily_budget_usd=Decimal(1),
        engine_url="http://engine.example:8010",
    )
    ada = Visitor(app)

    ada.say(ada.mint()["conversation_id"], mode="text", sound="none", provider="engine")

    assert [place["name"] for place in json.loads(stored_places(app) or "")] == [
        "this server", "the engine",
    ]  # fmt: skip
    money = "Once the day’s money is used up, the engine (engine.example) answers"
    assert money in ada.get("/privacy").text


def test_the_page_can_be_read_before_signing_in(make_app):
    stranger = Guest(make_app(auth_mode="code", access_code=CODE))

    page = stranger.get("/privacy")

    assert page.status_code == 200
    assert "Delete all of mine" not in page.text
    assert "Once you have signed out" in page.text


def test_export_holds_everything_of_ada_and_nothing_of_ben(ada, ben):
    for visitor, words in ((ada, "I am Ada"), (ben, "I am Ben")):
        visitor.say(visitor.mint()["conversation_id"], words)
    ada.post("/settings", {"instructions": "Be brief."})

    answer = ada.get("/privacy/export.json")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="vivavoce.json"'
    everything = json.loads(answer.text)
    (conversation,) = everything["conversations"]
    assert [turn["text"] for turn in conversation["turns"]] == ["I am Ada"]
    assert everything["settings"] == {"instructions": "Be brief."}
    assert len(everything["calls"]) == 1
    assert "Ben" not in answer.text
    assert set(everything) == {
        "person", "settings", "exported_at", "conversations", "sign_ins", "calls", "usage",
        "timings", "errors",
    }  # fmt: skip


def test_who_is_not_known_exports_and_deletes_nothing(app):
    client = app.test_client()

    assert client.get("/privacy/export.json").status_code == 401
    posted = client.post("/privacy/delete", headers={"Origin": "http://localhost"})
    assert posted.status_code in (400, 401)


def test_deleted_is_everything_and_the_browser_is_not_known_any_more(app, ada, ben, engine):
    call = ada.mint()
    ada.offer(call)
    ada.say(call["conversation_id"], "My secret xylophone")
    ben.say(ben.mint()["conversation_id"], "Bens piano")

    answer = ada.submit("/privacy/delete", page="/privacy")

    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert engine.calls == []  # it was hung up
    assert ada.client.get_cookie("vivavoce") is None
    database = app.extensions["vivavoce"].database
    with database.read() as session:
        assert [turn.text for turn in session.query(Turn)] == ["Bens piano"]
    assert b"xylophone" not in b"".join(
        path.read_bytes() for path in database.file.parent.glob("vivavoce.db*")
    )


def test_deleting_takes_a_form_of_ours(ada):
    conversation = ada.mint()["conversation_id"]
    ada.say(conversation)

    answer = ada.client.post(
        "/privacy/delete", data={"no": "token"}, headers={"Origin": "http://localhost"}
    )

    assert answer.status_code == 400
    assert ada.get(f"/conversations/{conversation}").status_code == 200


def test_what_was_spoken_is_thrown_away_on_every_machine(app, ada, tmp_path):
    assert ada.post("/api/realtime/tts", {"text": "Something spoken"}).data
    folder = tmp_path / "speech"
    sounds = {path.name for path in folder.iterdir()}
    assert sounds
    eraser = app.extensions["vivavoce"].eraser

    ada.submit("/privacy/delete", page="/privacy")

    assert not sounds & {path.name for path in folder.iterdir()}
    (folder / "later").write_bytes(b"spoken later")
    eraser.tidy()
    assert (folder / "later").exists()
    (folder / "erased").unlink()  # as on another machine, where nobody has done it yet
    eraser.tidy()
    assert not (folder / "later").exists()


def test_deleting_signs_out_everywhere(make_app):
    app = make_app(auth_mode="code", access_code=CODE)
    ada, copy = Guest(app), Guest(app)
    ada.sign_in()
    copy.carry_cookie_of(ada)
    assert copy.get("/settings").status_code == 200

    assert ada.submit("/privacy/delete", page="/privacy").status_code == 200

    for browser in (ada, copy):
        assert browser.get("/settings").status_code == 303  # to the sign-in


def test_retention_deletes_what_is_old(make_app, clock):
    app = make_app(retention_days=30)
    ada = Visitor(app)
    old = ada.mint()["conversation_id"]
    ada.say(old, "Long ago")
    clock.pass_by(days=29)
    new = ada.mint()["conversation_id"]
    ada.say(new, "Not so long ago", item_id="item_2")
    clock.pass_by(days=2)

    app.extensions["vivavoce"].eraser.tidy()

    assert ada.get(f"/conversations/{old}").status_code == 404
    assert ada.get(f"/conversations/{new}").status_code == 200


def test_without_retention_everything_is_kept(app, ada, clock):
    conversation = ada.mint()["conversation_id"]
    ada.say(conversation)
    clock.pass_by(days=4000)

    app.extensions["vivavoce"].eraser.tidy()

    assert ada.get(f"/conversations/{conversation}").status_code == 200
