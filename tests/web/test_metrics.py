"""Counts for Prometheus."""

from __future__ import annotations

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import DATA
from tests.running import RunningApp
from tests.web.visitor import CODE, Guest, Visitor


def samples(text: str) -> dict[tuple[str, ...], float]:
    """By name and labels."""
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_where_they_go_and_how_they_end(app):
    visitor = Visitor(app)
    for _ in range(3):
        visitor.get("/healthz")
    visitor.get("/nowhere")
    visitor.get("/conversations/someone-elses")

    answer = visitor.get("/metrics")
    found = samples(answer.text)

    assert answer.content_type.startswith("text/plain")
    assert found["vivavoce_requests_total", "endpoint=health.healthz", "status=200"] == 3
    assert found["vivavoce_requests_total", "endpoint=none", "status=404"] == 1
    assert found["vivavoce_request_seconds_count", "endpoint=talk.index"] == 1
    assert "someone-elses" not in answer.text


def test_calls_that_go_on_and_waiting_times_are_told(app, ada):
    call = ada.mint()
    ada.offer(call)
    ada.post("/api/reports", {"call_id": call["call_id"], "timings": {"first_sound_ms": 640}})

    found = samples(ada.get("/metrics").text)

    labels = ("mode=native", "provider=engine")
    assert found["vivavoce_calls", *labels, "transport=webrtc"] == 1
    wait = ("vivavoce_wait_seconds_bucket", "le=0.75", *labels, "stage=first_sound")
    assert found[wait] == 1
    assert found["vivavoce_wait_seconds_sum", *labels, "stage=first_sound"] == 0.64


def test_failures_are_counted_by_code_but_not_by_what_a_page_makes_up(ada, engine):
    engine.fail(503, "All lines are busy.", "lines_busy")
    ada.post("/api/realtime/session", {})
    ada.post("/api/reports", {"error": "made-up-42"})

    text = ada.get("/metrics").text

    assert samples(text)["vivavoce_failures_total", "code=told-by-page"] == 1
    assert "made-up" not in text
    assert len([key for key in samples(text) if key[0] == "vivavoce_failures_total"]) == 2


def test_through_a_proxy_they_are_for_those_who_know_the_token(make_app):
    door = {"auth_mode": "code", "access_code": CODE}
    guest, nobody = Guest(make_app(metrics_token="t0ken", **door)), Guest(make_app(**door))
    proxy, known = {"X-Forwarded-For": "192.0.2.1"}, {"Authorization": "Bearer t0ken"}

    assert guest.get("/metrics").status_code == 200
    assert guest.get("/metrics", **proxy).status_code == 404
    assert guest.get("/metrics", **proxy, Authorization="Bearer ").status_code == 404
    assert guest.get("/metrics", **proxy, **known).status_code == 200
    assert nobody.get("/metrics", **proxy, **known).status_code == 404
    assert nobody.get("/metrics", **proxy, Authorization="Bearer None").status_code == 404


def test_any_worker_tells_the_counts_of_all_and_the_folder_goes_with_the_server(tmp_path):
    def get(path: str) -> str:
        with urllib.request.urlopen(app.url + path, timeout=10) as answer:
            return answer.read().decode()

    wanted = {"WEB_CONCURRENCY": "2", "TMPDIR": str(tmp_path)}
    with RunningApp(tmp_path / "app", scripted=DATA / "script.toml", **wanted) as app:
        (folder,) = tmp_path.glob("vivavoce-metrics-*")
        for _ in range(40):
            get("/healthz")

        key = ("vivavoce_requests_total", "endpoint=health.healthz", "status=200")
        told = [samples(get("/metrics"))[key] for _ in range(8)]

        assert told == [40] * 8
    assert not folder.exists()
