"""Calls of a house elsewhere: what the page is told of its ways and of its refusals."""

from __future__ import annotations

import pytest

from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import Planned, busy, error
from tests.web.visitor import Visitor, problem_of

SDP = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=application 9 UDP/DTLS/SCTP x\r\n"


@pytest.fixture
def openai():
    with StandInOpenAI() as running:
        yield running


@pytest.fixture
def make_ada(make_app, openai):
    def make(connect_via: str) -> Visitor:
        app = make_app(
            provider="openai",
            openai_api_key=openai.server_key,
            openai_realtime_base_url=openai.base_url,
            connect_via=connect_via,
        )
        visitor = Visitor(app)
        visitor.get("/")
        return visitor

    return make


@pytest.mark.parametrize("connect_via", ["ephemeral", "broker"])
@pytest.mark.parametrize("mode", ["native", "text"])
def test_a_call_is_what_the_house_takes(make_ada, openai, connect_via, mode):
    ada = make_ada(connect_via)
    session = ada.mint(mode=mode)
    answer = ada.offer(session, sdp=SDP)

    assert answer.status_code == 201
    assert "Vivavoce-Session" not in answer.headers
    assert (session["provider"], session["model"]) == ("openai", "gpt-realtime-2.1")
    assert session["session"]["output_modalities"] == ["audio" if mode == "native" else "text"]
    assert openai.complaints == []
    assert ada.delete(f"/api/realtime/calls/{session['call_id']}").status_code == 204
    assert any(request.path.endswith("/hangup") for request in openai.asked)


def test_the_pause_that_is_asked_for_reaches_the_page(make_ada, openai):
    openai.plans.always("/realtime/client_secrets", busy("30"))

    answer = make_ada("ephemeral").post("/api/realtime/session", {})

    assert "30 seconds" in problem_of(answer, 503, "provider-busy")["detail"]
    assert answer.headers["Retry-After"] == "30"


def test_a_model_that_is_not_there_is_named_by_its_setting(make_ada, openai):
    openai.plans.always("", error(404, "model_not_found", "The model does not exist."))

    answer = make_ada("ephemeral").post("/api/realtime/session", {})

    assert "OPENAI_REALTIME_MODEL" in problem_of(answer, 502, "model-unknown")["detail"]


def test_a_server_that_takes_the_offer_alone_has_to_be_told_the_session(make_ada, openai):
    openai.plans.next(
        "/realtime/calls",
        error(415, "", "Unsupported Media Type"),
        Planned(200, b"v=0\r\n", "text/plain"),
    )
    ada = make_ada("broker")

    answer = ada.offer(ada.mint(), sdp=SDP)

    assert answer.headers["Vivavoce-Session"] == "untold"
