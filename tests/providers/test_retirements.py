"""The calendar of ends."""

from __future__ import annotations

from datetime import date

import pytest

from services.config import Config
from services.providers.openai import ABILITIES
from services.providers.retirements import RETIREMENTS, find_retirement

YEAR = date(2027, 11, 21)


@pytest.mark.parametrize(
    ("house", "model", "on"),
    [
        ("openai", "gpt-realtime", date(2027, 1, 20)),
        ("openai", "gpt-realtime-mini-2025-12-15", date(2027, 1, 20)),
        ("openai", "tts-1-hd", date(2027, 1, 6)),
        ("openai", "whisper-1", date(2027, 2, 26)),
        ("azure", "gpt-realtime", date(2027, 2, 28)),
        ("azure", "gpt-4o-mini-tts", date(2026, 12, 15)),
    ],
)
def test_what_ends_is_known(house, model, on):
    found = find_retirement(house, model)

    assert found is not None
    assert found.on == on


def test_no_default_ends_within_a_year():
    defaults = (Config.openai_realtime_model, ABILITIES.transcription_model)

    assert [find_retirement("openai", model) for model in defaults] == [None, None]


def test_no_successor_ends_itself():
    assert [r.successor for r in RETIREMENTS if find_retirement(r.house, r.successor)] == []
    assert all(r.on < YEAR for r in RETIREMENTS)
