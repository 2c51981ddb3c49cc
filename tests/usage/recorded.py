"""A recorded call of gpt-realtime-2.1, with gpt-transcribe: its events that tell of use."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "data" / "usage" / "call.jsonl"

# By hand, from the maker's prices for a million tokens on 2026-11-21: text $4, remembered $0.40,
# written $24; sound $32, remembered $0.40, spoken $64. A token costs as many millionths.
#
#          text         remembered     sound         remembered     written     spoken
# resp_1  55 · 4 = 220   64 · 0.4    13 · 32 =  416               30 · 24 =  720   91 · 64 =  5824
# resp_2  22 · 4 =  88  128 · 0.4   162 · 32 = 5184               50 · 24 = 1200  194 · 64 = 12416
# resp_4  50 · 4 = 200  960 · 0.4   300 · 32 = 9600  2900 · 0.4  120 · 24 = 2880  400 · 64 = 25600
#
# resp_3 was cancelled before it began. What was heard costs $0.0045 for a minute, 75 millionths for
# a second: 3.2 s 240, 12 s 900, 60 s 4500. resp_2 was told twice.
REPLIES = {"resp_1": 7206, "resp_2": 18939, "resp_3": 0, "resp_4": 39824}
HEARD = {"item_u1": 240, "item_u2": 900, "item_u4": 4500}
ALL = 7206 + 18939 + 39824 + 240 + 900 + 4500
"""Millionths of a dollar: seven cents."""


def events() -> list[dict]:
    """All of them, in order."""
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
