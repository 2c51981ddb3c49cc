"""Two requests for one call at the same moment."""

from __future__ import annotations

from tests.web.visitor import problem_of


def test_an_offer_for_a_call_that_is_ended_meanwhile_comes_too_late(ada, clock):
    session = ada.mint()
    clock.meanwhile = lambda: ada.delete(session["calls_url"])

    problem_of(ada.offer(session), 410, "call-ended")


def test_of_two_offers_one_is_taken(ada, clock, engine):
    session = ada.mint()
    clock.meanwhile = lambda: ada.offer(session)

    problem_of(ada.offer(session), 409, "call-already-connected")
    assert len(engine.calls) == 1
