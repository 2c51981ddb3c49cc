"""The page of figures, and their files."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.web.visitor import Guest, Visitor

TABLES = (
    "waiting", "waiting-by-day", "minutes-by-day", "money-by-day", "failures", "failures-by-day",
)  # fmt: skip


@pytest.fixture
def measured(ada, ben) -> None:
    """Ada waited for a call, Ben for another one."""
    for visitor, ms in ((ada, 111), (ben, 999)):
        call = visitor.mint()
        assert visitor.offer(call).status_code == 201
        timings = {"mint_ms": ms, "first_word_ms": ms, "first_sound_ms": ms}
        visitor.post("/api/reports", {"call_id": call["call_id"], "timings": timings})
    ben.post("/api/reports", {"error": "microphone-denied"})


def rows(visitor: Guest, name: str, **query: str) -> list[dict[str, str]]:
    answer = visitor.client.get(f"/insights/{name}.csv", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/csv; charset=utf-8"
    assert f"vivavoce-{name}.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_before_anything_was_measured_the_page_says_so(ada):
    page = ada.get("/insights")

    assert page.status_code == 200
    assert page.text.count("Nothing was measured in these 30 days.") == len(TABLES) + 1


def test_on_ones_own_machine_everybody_is_shown(ada, measured):
    page = ada.get("/insights").text
    (waiting,) = rows(ada, "waiting")

    assert "Native audio · engine" in page
    assert (waiting["first_sound_p50_ms"], waiting["first_sound_p95_ms"]) == ("111", "999")
    assert (waiting["mint_p50_ms"], waiting["connect_p50_ms"]) == ("111", "")
    assert waiting["answers"] == "2"
    assert [row["code"] for row in rows(ada, "failures")] == ["microphone-denied"]
    assert len(rows(ada, "people")) == 2


def test_ones_own_view_leaves_others_out(ada, measured):
    (waiting,) = rows(ada, "waiting", of="me")

    assert (waiting["first_sound_p95_ms"], waiting["answers"]) == ("111", "1")
    assert rows(ada, "failures", of="me") == []
    assert ada.client.get("/insights/people.csv?of=me").status_code == 404


def test_whoever_is_no_owner_sees_their_own_only(make_app):
    app = make_app(host="0.0.0.0", allow_open=True)
    ada, ben = Visitor(app), Visitor(app)
    call = ben.mint()
    ben.post("/api/reports", {"call_id": call["call_id"], "timings": {"mint_ms": 5}})

    assert ada.get("/insights").status_code == 200
    assert rows(ada, "waiting") == []
    assert "Everybody" not in ada.get("/insights").text
    for path in ("/insights", *(f"/insights/{name}.csv" for name in (*TABLES, "people"))):
        assert ada.client.get(path, query_string={"of": "everybody"}).status_code == 404


def test_owners_are_who_the_operator_names(make_app):
    app = make_app(auth_mode="oidc", oidc_issuer="https://issuer.example", oidc_client_id="c",
                   owners=("ada@example.com",))  # fmt: skip

    assert Guest(app).get("/insights").status_code == 303  # to the sign-in


@pytest.mark.parametrize(("days", "count"), [("7", 7), ("90", 90), ("5", 30), ("x", 30)])
def test_every_day_of_the_period_has_a_row(ada, measured, days, count):
    found = rows(ada, "minutes-by-day", days=days)

    assert len(found) == count
    assert found[-1]["calls"] == "2"


def test_every_chart_has_its_table(ada, measured):
    page = ada.get("/insights").text

    charts = re.findall(r'role="img" aria-label="[^"]+".*?data-table="([^"]+)"', page)
    assert charts  # of what was measured
    for name in charts:
        assert f'<table id="{name}"' in page


def test_an_unknown_table_is_not_there(ada):
    assert ada.get("/insights/secrets.csv").status_code == 404
