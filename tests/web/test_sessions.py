"""The form for another session, and the wishes that an address carries."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

from tests.web.visitor import ORIGIN, Visitor

HTMX = {"HX-Request": "true"}


def wishes_of(page: str) -> dict:
    """What the talk page was told to wish for."""
    found = re.search(r"data-wishes='([^']*)'", page)
    return json.loads(html.unescape(found[1])) if found else {}


def test_the_form_is_a_page_and_a_panel(ada: Visitor):
    page, panel = ada.get("/sessions/new"), ada.get("/sessions/new", **HTMX)

    assert "<!doctype html>" in page.text
    assert "<!doctype html>" not in panel.text
    for text in (page.text, panel.text):
        for name in ("mode", "language", "voice_native", "voice_text"):
            assert f'name="{name}"' in text


def test_the_form_begins_with_the_settings(ada: Visitor):
    ada.client.post("/settings", json={"language": "de"}, headers={"Origin": ORIGIN})

    assert '<option value="de" selected>' in ada.get("/sessions/new").text


def test_an_address_carries_wishes_for_its_page(ada: Visitor):
    page = ada.get("/?mode=text&language=de&voice_text=nova&voice_native=alloy").text

    assert 'data-mode="text"' in page
    assert wishes_of(page) == {"voice": "nova", "language": "de"}
    assert wishes_of(ada.get("/").text) == {}


def test_hostile_wishes_stay_within_their_attribute(ada: Visitor):
    hostile = "'><script>alert(1)</script>" + "x" * 500

    page = ada.get(f"/?language={quote(hostile)}").text

    assert "<script>alert" not in page
    assert wishes_of(page)["language"] == hostile[:128]


def test_a_mode_that_is_not_on_offer_is_refused_with_the_reason(ada: Visitor):
    answer = ada.get("/?mode=telepathy")

    assert answer.status_code == 422
    assert "telepathy" in answer.text
