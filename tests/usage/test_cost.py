"""What a call costs, by the provider's own words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.usage.cost import Counts, cost_of, most_of, read_usage
from services.usage.prices import FREE, PRICES, price_of
from services.usage.report import Models, models_of, read_used
from tests.usage.recorded import ALL, HEARD, REPLIES, events

FULL = PRICES["gpt-realtime-2.1"]
MODELS = Models("openai", "gpt-realtime-2.1", "gpt-transcribe")


def usage(**details: object) -> dict:
    """Of a reply with ten tokens of text, five of which were remembered, and two of words."""
    return {
        "total_tokens": 12,
        "input_tokens": 10,
        "output_tokens": 2,
        "input_token_details": {
            "text_tokens": 10,
            "cached_tokens": 5,
            "cached_tokens_details": {"text_tokens": 5},
        },
        "output_token_details": {"text_tokens": 2},
    } | details


def test_a_recorded_call_costs_what_a_hand_calculation_says():
    used = {told.id: told for told in map(read_used, events()) if told is not None}

    costs = {name: MODELS.cost(told) for name, told in used.items()}
    assert costs == REPLIES | {f"heard_{item}_0": cost for item, cost in HEARD.items()}
    assert sum(cost or 0 for cost in costs.values()) == ALL
    assert [used[name].item_id for name in ("resp_1", "resp_3", "heard_item_u2_0")] == [
        "item_a1",
        None,
        "item_u2",
    ]


def test_remembered_tokens_are_among_the_others_and_cost_less():
    counts = read_usage(usage())

    assert counts == Counts(text_in=5, text_cached=5, text_out=2)
    assert cost_of(FULL, counts) == 5 * 4 + 2 + 2 * 24


def test_a_transcription_may_be_told_in_tokens():
    told = {
        "type": "tokens",
        "total_tokens": 40,
        "input_tokens": 30,
        "output_tokens": 10,
        "input_token_details": {"text_tokens": 2, "audio_tokens": 28},
    }

    counts = read_usage(told)

    assert counts == Counts(text_in=2, audio_in=28, text_out=10)
    assert cost_of(PRICES["gpt-4o-transcribe"], counts) == 30 * 2.5 + 10 * 10


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"input_tokens": 10, "output_tokens": 2},
        usage(total_tokens=13),
        usage(output_token_details={"text_tokens": -2}),
        usage(output_token_details={"text_tokens": True}),
        usage(output_token_details={"text_tokens": 10**9}),
        usage(input_token_details={"text_tokens": 10, "cached_tokens": 5}),
        usage(input_token_details={"text_tokens": 10, "cached_tokens_details": {"text_tokens": 5}}),
        usage(
            input_token_details={
                "text_tokens": 10,
                "cached_tokens": 20,
                "cached_tokens_details": {"text_tokens": 20},
            }
        ),
        {"type": "duration", "seconds": "3"},
        {"type": "duration", "seconds": -1},
        {"type": "duration", "seconds": 1e9},
    ],
)
def test_what_makes_no_sense_has_no_price_instead_of_a_wrong_one(told):
    assert read_usage(told) is None


def test_what_is_told_in_no_known_way_costs_at_most_what_is_dearest():
    told = {"input_tokens": 10, "output_tokens": 2, "output_token_details": {"new_tokens": 2}}

    assert most_of(FULL, told) == 10 * 32 + 2 * 64
    assert most_of(PRICES["gpt-4o-transcribe"], told) == 10 * 2.5 + 2 * 10
    assert most_of(FULL, {"input_tokens": 10**9, "output_tokens": -2}) == 200_000 * 32
    assert most_of(FULL, {"input_tokens": "10"}) == most_of(None, told) == 0


def test_what_is_not_sold_has_no_price():
    assert cost_of(PRICES["tts-1"], Counts(text_in=1)) is None
    assert cost_of(None, Counts(text_in=1)) is None
    assert cost_of(PRICES["tts-1"], Counts(characters=1000)) == 15_000
    assert cost_of(PRICES["whisper-1"], Counts(seconds=30.0)) == 3_000


def test_a_model_that_is_not_in_the_table_has_no_price_and_the_engine_costs_nothing():
    assert price_of("openai", "somebody-elses-model") is None
    assert price_of("azure", "our-realtime") is None
    assert price_of("openai", "gpt-realtime-2.1-2026-05-07") is FULL
    assert price_of("engine", "vivavoce-engine") is FREE
    assert cost_of(FREE, Counts(audio_in=5, audio_out=5, seconds=9.0)) == 0


def test_each_price_names_its_source_and_its_date():
    for model, price in PRICES.items():
        assert price.source.startswith("https://"), model
        assert price.seen.year >= 2026, model
        amounts = [amount for amount in vars(price).values() if isinstance(amount, Decimal)]
        assert amounts and all(amount > 0 for amount in amounts), model


def test_who_writes_down_is_read_from_the_session():
    session = {"audio": {"input": {"transcription": {"model": "gpt-transcribe"}}}}

    assert models_of("openai", "gpt-realtime-2.1", session) == MODELS
    assert models_of("openai", "m", {"audio": {"input": None}}).transcription == ""


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.created", "response": {"id": "resp_1", "usage": usage()}},
        {"type": "response.done", "response": {"id": "resp_1", "usage": None}},
        {"type": "response.done", "response": {"id": "x" * 101, "usage": usage()}},
        {"type": "response.done", "response": {"usage": usage()}},
        {"type": "response.done"},
        {"type": "conversation.item.input_audio_transcription.completed", "item_id": "item_1"},
        {"type": "conversation.item.input_audio_transcription.completed", "usage": usage()},
    ],
)
def test_other_events_tell_nothing_of_use(event):
    assert read_used(event) is None
