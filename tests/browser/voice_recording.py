"""What the page's own voice said, as it would come out of the loudspeaker."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.browser.talk_page import HERE, TalkPage
from tests.speech import Sound

RunVoice = Callable[..., dict[str, Any]]

SPEAK = "voice.begin('r'); voice.write(text); voice.finish();"
"""Script: have the text spoken."""
TEXT = (
    "Once upon a time there was a small boat on a wide river. It had no name, and it had no "
    "captain. Every morning it went out with the mist, and every evening it came home with the "
    "stars. One day it met a heron, who asked it where it was going. Nowhere, said the boat, and "
    "that was true."
)
WORD_MS = 75
"""Of the scripted voice at its highest speed."""
LOUD = 0.005
EDGE_MS = 25
"""The tones of the scripted voice begin and end softly; between two of them this much is silent."""
GAP_MS = 150
"""Between two sentences; without other work on the machine there is none."""


def run_voice_in(page: TalkPage) -> RunVoice:
    """Give what runs a script in the page; it has `tap`, a voice and its recorder, and `text`."""
    worklet = base64.b64encode((HERE / "probe_worklet.js").read_bytes()).decode()

    def run(script: str, *, parts: str = "{}", text: str = TEXT) -> dict[str, Any]:
        return page.page.evaluate(
            "async ([worklet, text]) => {"
            f"const parts = {parts};"
            "const tap = await voiceTap.open({ speed: 4 }, worklet, parts);"
            "const { voice, events } = tap;"
            f"const found = await (async () => {{ {script} }})();"
            "const recording = await tap.recording(); voice.close();"
            "return { ...found, ...recording, events }; }",
            [f"data:text/javascript;base64,{worklet}", text],
        )

    return run


def sound_of(found: dict[str, Any], index: int = 0) -> Sound:
    """What was recorded at the player (0) or behind its stream (1)."""
    samples = np.frombuffer(base64.b64decode(found["sounds"][index]), dtype="<i2")
    return (samples / 32768).astype(np.float32)


def loud_end(found: dict[str, Any], index: int = 0) -> float:
    """Last loud moment, seconds on the context's clock."""
    sound = sound_of(found, index)
    loud = np.flatnonzero(np.abs(sound) > LOUD)
    return float(found["end"] - (len(sound) - loud[-1]) / found["rate"])


def longest_silence(found: dict[str, Any]) -> float:
    """Between the first and the last loud moment, milliseconds."""
    loud = np.flatnonzero(np.abs(sound_of(found)) > LOUD)
    return float(np.max(np.diff(loud))) / found["rate"] * 1000


def spoken_ms(found: dict[str, Any], until: float = float("inf")) -> float:
    """What was spoken up to a moment on the context's clock, without the waiting in between."""
    sound, rate = sound_of(found), found["rate"]
    loud = np.flatnonzero(np.abs(sound) > LOUD)
    loud = loud[loud < (until - found["end"]) * rate + len(sound)]
    if not len(loud):
        return 0.0
    waits = np.diff(loud)
    return float(loud[-1] - loud[0] - waits[waits > EDGE_MS / 1000 * rate].sum()) / rate * 1000


def largest_jump(found: dict[str, Any]) -> float:
    """Between two samples."""
    return float(np.max(np.abs(np.diff(sound_of(found)))))


def told(found: dict[str, Any], name: str) -> list[Any]:
    """What an event said, each time."""
    return [event["told"] for event in found["events"] if event["name"] == name]
