"""How a written answer becomes sound in the page: gapless, exactly counted, silent at once."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.voice_recording import (
    GAP_MS,
    SPEAK,
    TEXT,
    WORD_MS,
    RunVoice,
    largest_jump,
    longest_silence,
    loud_end,
    spoken_ms,
    told,
)


def test_a_reply_is_spoken_without_gaps_and_without_clicks(run_voice: RunVoice):
    found = run_voice(f"{SPEAK} await tap.until('done', 'failed'); return {{}};")

    assert [told(found, name) for name in ("started", "done", "failed")] == [[["r"]], [["r"]], []]
    assert abs(spoken_ms(found) - len(TEXT.split()) * WORD_MS) < 40
    assert longest_silence(found) < GAP_MS
    # The steepest of the scripted tones.
    assert largest_jump(found) < 8000 / 32768 * 2 * np.pi * 800 / found["rate"] + 0.002


def test_clauses_carry_the_whole_text_and_the_times_of_the_sound(run_voice: RunVoice):
    found = run_voice(f"{SPEAK} await tap.until('done', 'failed'); return {{}};")

    lists = [clauses for _, clauses in told(found, "clauses")]
    assert all("".join(clause["text"] for clause in clauses) == TEXT for clauses in lists)
    clock = 0
    for clause in lists[-1]:
        assert clause["startMs"] == pytest.approx(clock, abs=0.1)
        clock = clause["endMs"]
        assert clock - clause["startMs"] == len(clause["text"].split()) * WORD_MS


def test_the_position_follows_what_is_heard(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('started'); const pairs = [];"
        "for (let count = 0; count < 20; count += 1) { await voiceTap.pause(97);"
        "const { currentTime, outputLatency } = voice.player.context;"
        "pairs.push([currentTime - outputLatency, voice.position]); }"
        "await tap.until('done'); return { pairs };"
    )

    off = [spoken_ms(found, now) - position for now, position in found["pairs"]]
    positions = [ms for _, ms in told(found, "position")]
    # Where the machine stutters the position waits for the next report.
    assert sorted(map(abs, off))[-3] < 20, off
    assert positions == sorted(positions)


@pytest.mark.parametrize("after_ms", [400, 1700])
def test_stopping_is_silent_at_once_and_tells_how_much_was_heard(
    run_voice: RunVoice, after_ms: int
):
    found = run_voice(
        f"{SPEAK} await tap.until('started'); await voiceTap.pause({after_ms});"
        "const at = voice.player.context.currentTime; const stopped = voice.stop();"
        "return { at, stopped, isSpeaking: voice.isSpeaking };"
    )

    end, behind = loud_end(found), loud_end(found, 1)
    assert found["stopped"]["responseId"] == "r"
    assert not found["isSpeaking"]
    assert abs(spoken_ms(found) - found["stopped"]["ms"]) < 20
    assert (end - found["at"]) * 1000 < 50
    assert (behind - found["at"]) * 1000 < 100
    assert told(found, "done") == []


def test_stopping_ends_every_request(run_voice: RunVoice):
    found = run_voice(
        "const asked = []; const fetch = window.fetch;"
        "window.fetch = (url, how) => { asked.push(how.signal); return fetch(url, how); };"
        f"{SPEAK} await tap.until('started'); voice.stop(); window.fetch = fetch;"
        "return { running: asked.length, ended: asked.filter(({ aborted }) => aborted).length };"
    )

    # What has come completely needs no end.
    assert 1 <= found["running"] <= 3
    assert found["ended"] >= found["running"] - 2


def test_the_next_reply_begins_at_once_after_a_stop(run_voice: RunVoice):
    found = run_voice(
        f"{SPEAK} await tap.until('started'); await voiceTap.pause(300); voice.stop();"
        "voice.begin('s'); voice.write('One two three four five six.'); voice.finish();"
        "await tap.until('done'); return {};"
    )

    assert told(found, "done") == [["s"]]
    assert told(found, "clauses")[-1][1][-1]["endMs"] == 6 * WORD_MS


def test_nothing_is_lost_while_nobody_can_hear(run_voice: RunVoice):
    found = run_voice(
        f"voice.hold(true); {SPEAK} await voiceTap.pause(600); const before = events.length;"
        "const early = events.filter(({ name }) => name === 'started').length;"
        "voice.hold(false); await tap.until('done'); return { early };"
    )

    assert found["early"] == 0
    assert abs(spoken_ms(found) - len(TEXT.split()) * WORD_MS) < 40
