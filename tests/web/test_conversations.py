"""Pages and routes of conversations."""

from __future__ import annotations

import re

import pytest

from tests.web.visitor import problem_of

JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(ada) -> str:
    return ada.mint()["conversation_id"]


def test_other_peoples_conversations_do_not_exist(ada, ben, conversation):
    ada.say(conversation)
    path = f"/conversations/{conversation}"

    problem_of(ben.get(path, **JSON), 404, "not-found")
    problem_of(ben.say(conversation), 404, "not-found")
    problem_of(ben.delete(path, **JSON), 404, "not-found")
    assert ada.get(path).status_code == 200


def test_lists_show_what_was_said_only(ada, conversation):
    assert conversation not in ada.get("/conversations").text

    ada.say(conversation, text="Tell me about whales")

    for path in ("/", "/conversations"):
        assert "Tell me about whales" in ada.get(path).text
    fragment = ada.get("/conversations", **HTMX).text
    assert "Tell me about whales" in fragment and "<html" not in fragment


def test_the_title_follows_a_turn_that_is_taken_back(ada, conversation):
    ada.say(conversation, text="Wales, not whales")
    ada.say(conversation, item_id="item_2", text="Tell me about whales",
            started_at="2026-11-21T12:01:00+00:00")  # fmt: skip

    ada.delete(f"/conversations/{conversation}/turns/item_1")

    titles = ada.get("/conversations").text
    assert "Tell me about whales" in titles and "Wales, not whales" not in titles


def test_a_call_survives_the_deletion_of_its_conversation(ada):
    session = ada.mint()
    ada.offer(session)

    assert ada.delete(f"/conversations/{session['conversation_id']}").status_code == 204
    beat = ada.post(session["calls_url"] + "/heartbeat", {"state": "listening"})
    assert beat.status_code == 200


def test_a_page_without_a_stylesheet_of_its_own_needs_nothing_inline(ada, conversation):
    ada.say(conversation)

    for path in ("/", "/conversations", f"/conversations/{conversation}", "/nothing"):
        page = ada.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on", page)


def titles(page: str) -> list[str]:
    """What a list shows, from above."""
    return re.findall(r'class="conversation-title" dir="auto">([^<]*)<', page)


@pytest.fixture
def talk(ada):
    """Ada says something in a conversation of its own; gives its path."""

    def talk(text: str, **more) -> str:
        conversation_id = ada.post("/conversations").get_json()["conversation_id"]
        assert ada.say(conversation_id, text=text, **more).status_code == 200
        return f"/conversations/{conversation_id}"

    return talk


@pytest.fixture
def send(ada):
    """Ada sends a form of a page, as a browser without scripts does, or with HTMX."""

    def send(path: str, *, htmx: bool = False, **fields: str):
        found = re.search(r'"X-CSRFToken": "([^"]+)"', ada.get("/conversations").text)
        assert found
        headers = HTMX if htmx else {}
        return ada.client.post(path, data=fields | {"csrf_token": found[1]}, headers=headers)

    return send


def test_pages_of_the_list_show_every_conversation_once(ada, talk, clock):
    # Of each two that are as old as each other, any is the first; the last one is the newest.
    for number in range(104):
        clock.pass_by(seconds=number % 2)
        talk(f"Number {number}")

    path, seen = "/conversations", []
    while path:
        page = ada.get(path).text
        seen += titles(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else ""

    assert sorted(seen) == sorted(f"Number {number}" for number in range(104))
    assert seen[0] == "Number 103" and 'href="/conversations">Newest' in page


@pytest.mark.parametrize("after", ["x", "1-", "nan-x", "1e999-x", "-5-x", "%00", "9" * 400])
@pytest.mark.parametrize("query", ["", "&q=whales"])
def test_a_place_that_is_none_is_told_or_holds_nothing(ada, talk, after, query):
    talk("Tell me about whales")

    answer = ada.get(f"/conversations?after={after}{query}", **JSON)

    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        problem_of(answer, 422, "invalid-field")


def test_a_search_shows_where_the_words_were_said(ada, talk):
    path = talk("<b>Tell</b> me about the whales of Wales")
    talk("Something else")

    page = ada.get("/conversations?q=WHALE+wal").text

    assert titles(page) == ["&lt;b&gt;Tell&lt;/b&gt; me about the whales of Wales"]
    assert f'href="{path}#turn-item_1"' in page
    assert "<mark>whales</mark> of <mark>Wales</mark>" in page
    assert 'value="WHALE wal"' in page
    fragment = ada.get("/conversations?q=whale", **HTMX).text
    assert "<mark>whales</mark>" in fragment and "<html" not in fragment


@pytest.mark.parametrize("query", ["nothing of the kind", "%25", "%00", "%F0%9F%98%80", "'" * 500])
def test_a_search_without_findings_says_so(ada, talk, query):
    talk("Tell me about whales")

    page = ada.get(f"/conversations?q={query}").text

    assert titles(page) == [] and "Nothing that was said has all of these words" in page


def test_nobody_finds_the_conversations_of_others(ben, talk):
    talk("Tell me about whales")

    assert titles(ben.get("/conversations?q=whales").text) == []


def test_a_search_leafs_through_all_findings(ada, talk):
    path = talk("whale 0")
    for number in range(1, 60):
        ada.say(path.rsplit("/", 1)[-1], f"whale {number}", item_id=f"more_{number}")

    first = ada.get("/conversations?q=whale").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = ada.get(older[1].replace("&amp;", "&")).text

    assert titles(first) == titles(second) == ["whale 0"]
    assert "whale</mark> 59" in first and "whale</mark> 9" in second
    assert 'rel="next"' not in second and 'href="/conversations?q=whale">Newest' in second


def test_a_conversation_is_renamed_by_a_form_by_htmx_and_by_a_program(ada, talk, send):
    path = talk("Tell me about whales")

    assert send(path, title="Big  animals").headers["Location"] == "/conversations"
    assert titles(ada.get("/conversations").text) == ["Big animals"]
    row = send(path, title="<Bigger>", htmx=True).text
    assert titles(row) == ["&lt;Bigger&gt;"] and row.strip().startswith("<li")
    assert titles(ada.get("/conversations?q=bigger").text) == ["&lt;Bigger&gt;"]
    patch = ada.client.patch(path, json={"title": ""}, headers={"Origin": "http://localhost"})
    assert patch.status_code == 204
    assert titles(ada.get("/conversations").text) == ["Tell me about whales"]


def test_a_title_that_cannot_be_kept_is_refused(ada, ben, talk):
    path = talk("Tell me about whales")

    for title in ("x" * 201, "a\0b", 5, None):
        problem_of(ada.post(path, {"title": title}), 422, "invalid-field")
    problem_of(ben.post(path, {"title": "Mine"}), 404, "not-found")
    assert ada.post(path, {"title": "東" * 200}).status_code == 303


def test_a_deletion_can_be_undone_without_scripts(ada, talk, send):
    path = talk("Tell me about whales")

    answer = send(f"{path}/delete")
    assert answer.status_code == 303
    page = ada.get(answer.headers["Location"]).text
    assert f'action="{path}/restore"' in page and f'href="{path}"' not in page
    problem_of(ada.get(path, **JSON), 404, "not-found")

    assert send(f"{path}/restore").status_code == 303
    assert titles(ada.get("/conversations").text) == ["Tell me about whales"]


def test_a_deletion_can_be_undone_in_place(talk, send):
    path = talk("Tell me about whales")

    gone = send(f"{path}/delete", htmx=True).text
    assert f'hx-post="{path}/restore"' in gone and "<html" not in gone
    back = send(f"{path}/restore", htmx=True).text

    assert titles(back) == ["Tell me about whales"] and f'href="{path}"' in back


def test_after_half_a_minute_a_deletion_is_for_good(ada, ben, talk, clock):
    path = talk("Tell me about whales")
    assert ada.delete(path).status_code == 204
    problem_of(ada.delete(path, **JSON), 404, "not-found")

    problem_of(ben.post(f"{path}/restore", headers=JSON), 404, "not-found")
    clock.pass_by(seconds=31)
    problem_of(ada.post(f"{path}/restore", headers=JSON), 404, "not-found")
    assert "restore" not in ada.get(f"/conversations?deleted={path.rsplit('/', 1)[-1]}").text


def test_a_deleted_conversation_takes_no_call_and_no_turn(ada, talk):
    path = talk("Tell me about whales")
    conversation_id = path.rsplit("/", 1)[-1]
    ada.delete(path)

    wishes = {"conversation_id": conversation_id}
    problem_of(ada.post("/api/realtime/session", wishes), 404, "not-found")
    problem_of(ada.say(conversation_id), 404, "not-found")
    problem_of(ada.get(f"{path}/export.json", **JSON), 404, "not-found")


def test_a_conversation_begins_without_a_call(ada):
    answer = ada.post("/conversations")

    assert answer.status_code == 201
    assert ada.say(answer.get_json()["conversation_id"], "Typed").status_code == 200
    assert titles(ada.get("/conversations").text) == ["Typed"]


def test_without_a_page_there_is_nobody_to_begin_for(app):
    refused = app.test_client().post(
        "/conversations", headers={"Origin": "http://localhost"} | JSON
    )

    problem_of(refused, 401, "no-user")
