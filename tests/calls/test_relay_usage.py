"""Which events of a provider a relay looks into for what was used."""

from __future__ import annotations

import json

import pytest

from services.calls.relay_events import usage_in
from tests.usage.recorded import events


def test_replies_and_transcriptions_tell_of_use():
    told = [usage_in(json.dumps(event)) for event in events()]

    assert told[0] is None
    assert told[1:] == events()[1:]


@pytest.mark.parametrize(
    "event",
    [
        '{"type": "response.created", "response": {"usage": {}}}',
        '{"type": "response.done", "response": {"usage": null}}',
        '{"type": "response.output_text.delta", "delta": "\\"usage\\": {"}',
        '{"type": "response.done", "usage": {',
        "usage",
    ],
)
def test_others_do_not(event):
    assert usage_in(event) is None
