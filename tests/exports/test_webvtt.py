"""Subtitles. Chromium's own parser reads them in tests/browser/test_conversations.py."""

from __future__ import annotations

import re
from datetime import timedelta

from services.exports.webvtt import to_webvtt
from tests.exports.conversation import (
    NASTY,
    NOON,
    make_call,
    make_conversation,
    make_turn,
    nasty_turns,
)

TIMING = re.compile(r"^(\d\d+:\d\d:\d\d\.\d{3}) --> (\d\d+:\d\d:\d\d\.\d{3})$")


def times(vtt: str) -> list[tuple[str, str]]:
    found = (TIMING.match(line) for line in vtt.splitlines())
    return [(match[1], match[2]) for match in found if match]


def test_times_count_from_the_beginning_of_the_call():
    turns = [
        make_turn(2, "What is the capital of France?"),
        make_turn(4.25, "Paris.", "assistant"),
        make_turn(3661.5, "And of Italy?", ended_at=NOON + timedelta(seconds=3662.75)),
    ]

    vtt = to_webvtt(make_conversation("T"), turns, [make_call(0, 3700)])

    assert vtt.startswith("WEBVTT - T\n\nNOTE Call of 2026-11-21 12:00:00 UTC\n\nitem_2\n")
    assert times(vtt) == [
        ("00:00:02.000", "00:00:04.250"),
        ("00:00:04.250", "00:00:05.679"),
        ("01:01:01.500", "01:01:02.750"),
    ]
    assert "\n<v You>What is the capital of France?</v>\n" in vtt
    assert "\n<v Assistant>Paris.</v>\n" in vtt


def test_a_later_call_follows_without_the_pause_between():
    turns = [make_turn(2, "One"), make_turn(86_403, "Two"), make_turn(86_404, "Three")]
    calls = [make_call(0, 10), make_call(86_400, None)]

    vtt = to_webvtt(make_conversation("T"), turns, calls)

    assert [begin for begin, _ in times(vtt)] == ["00:00:02.000", "00:00:13.000", "00:00:14.000"]
    assert vtt.count("NOTE Call of") == 2 and "2026-11-22 12:00:00 UTC" in vtt


def test_a_clock_that_is_a_little_late_leaves_a_turn_in_its_call():
    turns = [make_turn(2, "One"), make_turn(86_398, "Two"), make_turn(86_405, "Three")]
    calls = [make_call(0, 10), make_call(86_400, 86_460)]

    vtt = to_webvtt(make_conversation("T"), turns, calls)

    assert [begin for begin, _ in times(vtt)] == ["00:00:02.000", "00:00:10.000", "00:00:17.000"]


def test_what_belongs_to_no_call_follows_without_a_pause_as_well():
    days = (0, 2, 5)
    turns = [make_turn(86_400 * day + second, "One") for day in days for second in (2, 62)]

    vtt = to_webvtt(make_conversation("T"), turns, [make_call(0, 10)])

    # The call ended after ten seconds, but what its page told belongs to it.
    assert [begin[3:8] for begin, _ in times(vtt)] == [
        "00:02", "01:02", "01:03", "02:03", "02:04", "03:04",
    ]  # fmt: skip
    assert vtt.count("NOTE Call of") == 3


def test_a_call_is_over_where_another_takes_over():
    turns = [make_turn(second, "One") for second in (2, 50, 70)]

    # The first one was noticed to be lost only after the second one had ended.
    vtt = to_webvtt(make_conversation("T"), turns, [make_call(0, 100), make_call(40, 60)])

    assert vtt.count("NOTE Call of") == 2
    assert [begin[3:8] for begin, _ in times(vtt)][1:] == ["01:50", "02:10"]


def test_without_a_call_or_with_a_clock_that_goes_wrong_nothing_is_before_the_beginning():
    turns = [make_turn(-5, "Early"), make_turn(1, "Later", interrupted=True)]

    for calls in ([], [make_call(0, 60)]):
        vtt = to_webvtt(make_conversation(""), turns, calls)

        assert times(vtt) == [("00:00:00.000", "00:00:01.357"), ("00:00:06.000", "00:00:07.357")]
        assert vtt.startswith("WEBVTT - Untitled\n") and "<v You>Later —</v>" in vtt


def test_turns_at_the_same_moment_can_both_be_read():
    vtt = to_webvtt(make_conversation("T"), [make_turn(1, "A"), make_turn(1, "B")], [])

    assert [end for _, end in times(vtt)] == ["00:00:00.500", "00:00:01.071"]


def test_nothing_that_was_said_is_taken_for_a_cue_or_a_tag():
    vtt = to_webvtt(make_conversation("--> <b>"), nasty_turns(), [])

    assert vtt.count("-->") == len(times(vtt)) == len(NASTY)
    assert not re.search(r"<(?!v (?:You|Assistant)>|/v>)", vtt)
    blocks = vtt.strip().split("\n\n")
    assert all(TIMING.match(block.splitlines()[1]) for block in blocks[2:])


def test_an_empty_conversation_is_an_empty_file():
    assert to_webvtt(make_conversation("T"), [make_turn(1, " ")], []) == "WEBVTT - T\n"
