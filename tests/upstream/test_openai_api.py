"""The `openai` package under our deadlines."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from services.errors import ListenerLeft, ProviderBusy, ProviderUnavailable
from services.upstream.houses import house_of
from services.upstream.openai_api import OpenAiApi
from services.upstream.refusals import read_retry_after
from services.web.leaving import Browser
from tests.providers.houses import openai_config
from tests.stand_ins.openai import StandInOpenAI
from tests.stand_ins.plans import SILENCE, busy


@pytest.fixture
def openai():
    with StandInOpenAI() as running:
        yield running


def make_api(openai, seconds):
    return OpenAiApi(house_of(openai_config(openai), "openai", model_name="X"), seconds)


@pytest.fixture
def browser():
    page, server = socket.socketpair()
    yield page, Browser(server)
    page.close()
    server.close()


@pytest.mark.parametrize("answer", [SILENCE, busy("5")])
def test_nobody_is_asked_for_a_listener_that_has_left(openai, browser, answer):
    page, listener = browser
    openai.plans.always("/models", answer)
    api = make_api(openai, 9.0)
    leaving = threading.Timer(0.2, page.close)
    leaving.start()
    begun = time.monotonic()

    with pytest.raises(ListenerLeft):
        api.ask(lambda client: client.models.list(), listener=listener)
    assert time.monotonic() - begun < 1.2
    leaving.join()
    api.close()


def test_all_attempts_together_have_one_deadline(openai):
    openai.plans.next("/models", busy("1"), SILENCE)
    api = make_api(openai, 5.0)
    begun = time.monotonic()

    with pytest.raises(ProviderUnavailable):
        api.ask(lambda client: client.models.list())
    assert 1 <= time.monotonic() - begun < 6  # the pause, and not another 5 s after it
    api.close()


def test_a_pause_that_leaves_no_time_is_not_begun(openai):
    openai.plans.always("/models", busy("1.5"))
    api = make_api(openai, 2.0)
    begun = time.monotonic()

    with pytest.raises(ProviderBusy):
        api.ask(lambda client: client.models.list())
    assert time.monotonic() - begun < 1.0
    api.close()


def test_the_package_is_not_told_the_key(openai):
    api = make_api(openai, 2.0)

    api.ask(lambda client: client.models.list())
    assert openai.server_key not in repr(vars(api.client)) + repr(api.house)
    assert openai.complaints == []
    api.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2),
        ({"retry-after": "-2"}, 0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
    ],
)
def test_every_way_of_asking_for_a_pause_is_understood(headers, seconds):
    assert read_retry_after(headers) == seconds
