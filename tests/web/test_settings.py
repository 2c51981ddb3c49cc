"""The settings: the page, its forms, the panel and the route for scripts."""

from __future__ import annotations

import html
import json
import re

import pytest

from services.settings import TABLE
from tests.web.visitor import ORIGIN, Visitor, problem_of

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
HOSTILE = "</textarea><script>alert(1)</script>\" onfocus=alert(1) hx-get=/x '{{ 7*7 }}\u202e"


def token(visitor: Visitor) -> str:
    """The token that our own forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/settings").text)
    assert found is not None
    return found[1]


def submit(visitor: Visitor, form: dict, **headers: str):
    """Send the form as a browser without JavaScript does, or as HTMX with its header."""
    whole = form | {"csrf_token": token(visitor)}
    return visitor.client.post("/settings", data=whole, headers={"Origin": ORIGIN} | headers)


def stored(visitor: Visitor) -> dict:
    """All settings, as a script sees them."""
    return visitor.get("/settings", **JSON).get_json()


def field(page: str, name: str) -> str:
    """The part of a page that shows one setting."""
    return page.split(f'<div id="setting-{name}" ')[1].split('<div id="setting-')[0]


def test_the_page_shows_every_setting_with_label_note_and_when_it_counts(ada):
    page = ada.get("/settings").text

    for name, setting in TABLE.items():
        shown = html.unescape(field(page, name))
        assert setting.label in shown and setting.note in shown, name
        assert ("At once" in shown) != ("From the next call on" in shown), name
        assert f'name="{name}"' in shown and 'form="settings-form"' in shown, name
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        assert all(f'id="{each}"' in page for each in described.split()), described
    for labelled in re.findall(r'<label [^>]*for="([^"]+)"', page):
        assert page.count(f'id="{labelled}"') == 1


def test_the_page_needs_nothing_inline(ada):
    page = ada.get("/settings").text

    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on", page)


def test_the_panel_is_the_same_without_a_page_around_it(ada):
    page, panel = ada.get("/settings").text, ada.get("/settings", **HTMX).text

    assert "<html" not in panel and "<form" in page
    assert field(panel, "speed").strip() == field(page, "speed").strip()
    # Within the talk page nothing may send a whole form and leave.
    for form in re.findall(r"<form[^>]*>", panel):
        assert 'method="dialog"' in form or "hx-post" in form


def test_a_form_without_javascript_is_stored_and_leads_back(ada):
    answer = submit(ada, {"mode": "text", "greeting": "on", "instructions": "Be kind.\r\nAlways."})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings?saved=1")
    page = ada.get("/settings?saved=1").text
    assert re.search(r'role="status">Saved<', page)
    now = stored(ada)
    assert (now["mode"], now["greeting"]) == ("text", True)
    assert now["instructions"] == "Be kind.\r\nAlways."


def test_a_switch_that_is_off_sends_off(ada):
    ada.post("/settings", {"greeting": True})

    whole = {"csrf_token": token(ada), "greeting": "off"}
    ada.client.post("/settings", data=whole)
    assert stored(ada)["greeting"] is False
    whole["greeting"] = ["off", "on"]  # type: ignore[assignment]
    ada.client.post("/settings", data=whole)
    assert stored(ada)["greeting"] is True


def test_the_form_that_the_page_shows_is_one_that_it_takes(ada):
    page = ada.get("/settings").text
    form = {
        name: value
        for tag, name, value in re.findall(
            r'<(input|select)[^>]*name="(\w+)" value="([^"]*)"', page
        )
        if name in TABLE and "radio" not in tag
    }
    form |= {"talk": "hold", "persona": "teacher", "voice_native": "", "language": "de"}

    assert submit(ada, form).status_code == 303


def test_mistakes_stand_beside_their_fields_and_nothing_is_stored(ada):
    answer = submit(ada, {"speed": "9", "talk_key": "Escape", "captions": "large"})

    assert answer.status_code == 422
    assert "must be a number from 0.5 to 1.5" in field(answer.text, "speed").lower()
    assert 'value="9"' in field(answer.text, "speed")
    assert 'aria-invalid="true"' in field(answer.text, "talk_key")
    assert 'value="large" form="settings-form" autocomplete="off" checked' in answer.text
    assert "Not saved" in answer.text
    assert stored(ada)["captions"] == "normal"


def test_htmx_gets_the_changed_field_and_the_news(ada):
    answer = submit(ada, {"speed": "1.2"}, **HTMX)

    assert answer.status_code == 200
    assert answer.text.count('class="setting"') == 1 and 'value="1.2"' in answer.text
    news = json.loads(answer.headers["HX-Trigger"])["settings:changed"]
    assert news == {
        "speed": 1.2,
        "session": {"type": "realtime", "audio": {"output": {"speed": 1.2}}},
    }


def test_htmx_gets_a_mistake_in_place_of_the_field(ada):
    answer = submit(ada, {"talk_key": "Tab"}, **HTMX)

    assert answer.status_code == 422
    assert 'class="setting-problem"' in answer.text and "no key to talk with" in answer.text
    assert "HX-Trigger" not in answer.headers


def test_own_words_do_not_travel_in_a_header(ada):
    answer = submit(ada, {"instructions": "ä" * 4000}, **HTMX)

    assert json.loads(answer.headers["HX-Trigger"]) == {"settings:changed": {"instructions": True}}


def test_scripts_change_settings_as_json(ada):
    answer = ada.post("/settings", {"mode": "text", "language": "de"})

    assert answer.get_json() == stored(ada)
    assert (answer.get_json()["mode"], answer.get_json()["language"]) == ("text", "de")
    assert ada.post("/settings", {"language": None}).get_json()["language"] is None


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"mode": "telepathy"}, "native, text"),
        ({"speed": "fast"}, "number"),
        ({"voice_native": "eve"}, "not here"),
        ({"voice_text": "eve"}, "not here"),
        ({"colour": "red"}, "no such setting"),
        ({"instructions": "\ud800"}, "half a character"),
    ],
)
def test_what_cannot_be_had_is_told_as_a_problem(ada, wish, words):
    before = stored(ada)

    answer = ada.post("/settings", {"captions": "off"} | wish)

    assert words in problem_of(answer, 422, "invalid-field")["detail"]
    assert stored(ada) == before


def test_an_unknown_field_in_a_form_is_a_problem(ada):
    problem_of(submit(ada, {"colour": "red"}, **JSON), 422, "invalid-field")


def test_only_our_own_page_may_change_settings(ada, app):
    problem_of(ada.client.post("/settings", json={"mode": "text"}), 403, "origin-refused")
    foreign = {"Origin": "https://example.com"} | JSON
    problem_of(
        ada.client.post("/settings", data={"mode": "text"}, headers=foreign), 403, "origin-refused"
    )
    answer = ada.client.post("/settings", data={"mode": "text"}, headers=JSON)
    problem_of(answer, 400, "csrf-refused")
    problem_of(ada.post("/settings", data=b"x", headers={"Content-Type": "x/y"} | JSON),
               415, "unsupported-media-type")  # fmt: skip
    stranger = app.test_client().post(
        "/settings", json={"mode": "text"}, headers={"Origin": ORIGIN}
    )
    problem_of(stranger, 401, "no-user")
    assert stored(ada)["mode"] is None


def test_settings_are_their_owners_alone(ada, ben):
    ada.post("/settings", {"instructions": "Ada's words", "mode": "text"})

    assert stored(ben)["mode"] is None
    assert "Ada" not in ben.get("/settings").text


def test_hostile_instructions_are_shown_as_text(ada):
    submit(ada, {"instructions": HOSTILE})

    for headers in ({}, HTMX):
        page = ada.get("/settings", **headers).text
        assert "<script>alert" not in page and "</textarea><" not in page.replace("\n", "")
        assert html.unescape(page).count(HOSTILE) == 1
    assert "<script>alert" not in ada.get("/").text


def test_a_mode_is_remembered_on_a_second_device_and_after_a_restart(make_app, ada):
    ada.post("/settings", {"mode": "text", "talk": "hold"})

    second = make_app().test_client()
    with ada.client.session_transaction() as cookie, second.session_transaction() as other:
        other["user"] = cookie["user"]
    page = second.get("/").text

    assert 'data-mode="text"' in page
    shown = re.search(r"""data-settings=(["'])(.*?)\1""", page)
    assert shown is not None
    settings = json.loads(html.unescape(shown[2]))
    assert (settings["mode"], settings["talk"]) == ("text", "hold")
    assert set(settings) == {"mode", "talk", "talk_key", "echo", "captions", "language",
                             "voice_text", "speed", "greeting", "transport"}  # fmt: skip


def test_a_call_is_made_as_the_settings_say(ada, engine):
    ada.post("/settings", {"voice_native": "amy", "speed": 0.9, "persona": "teacher"})

    assert ada.mint()["mode"] == "native"
    assert ada.mint(mode="text")["session"]["output_modalities"] == ["text"]
    ada.post("/settings", {"mode": "text"})
    assert ada.mint()["mode"] == "text"

    native, text, stored_text = engine.sessions
    assert native["audio"]["output"] == {"voice": "amy", "speed": 0.9}
    assert "teacher" in native["instructions"]
    assert text == stored_text and text["audio"] == {"input": {"turn_detection": None}}


def test_a_mode_that_the_operator_switched_off_says_so_everywhere(make_app):
    ada = Visitor(make_app(modes=("native",)))

    page = field(ada.get("/settings").text, "mode")
    assert "switched off on this server" in page
    assert re.search(r'value="text"[^>]*disabled', page)
    assert "switched off" in ada.get("/").text
    for wish in ("/settings", "/api/realtime/session"):
        problem = problem_of(ada.post(wish, {"mode": "text"}), 422, "invalid-field")
        assert "switched off" in problem["detail"]


def test_a_chosen_mode_that_is_switched_off_later_gives_way(make_app, ada):
    ada.post("/settings", {"mode": "text"})
    later = make_app(modes=("native",)).test_client()
    with ada.client.session_transaction() as cookie, later.session_transaction() as other:
        other["user"] = cookie["user"]

    assert 'data-mode="native"' in later.get("/").text
    minted = later.post("/api/realtime/session", json={}, headers={"Origin": ORIGIN})
    assert minted.get_json()["mode"] == "native"


def test_without_an_engine_the_page_says_why_no_voice_can_be_chosen(ada, engine):
    engine.fail(503, "loading", "starting")

    page = ada.get("/settings")

    assert page.status_code == 200
    assert "engine is starting" in field(page.text, "voice_native")
    assert ada.post("/settings", {"voice_native": "joe"}).status_code == 200


def test_a_server_that_does_not_speak_says_who_does(make_app):
    ada = Visitor(make_app(speech_provider="browser"))

    page = ada.get("/settings").text

    assert "your browser does" in field(page, "voice_text")
    assert 'name="hear"' not in page
