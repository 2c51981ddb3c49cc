"""Stages that follow a script instead of models, for tests and demos: `--scripted FILE`.

The file is TOML, or JSON of the same shape; everything in it is optional:

    [transcriber]
    [[transcriber.utterances]]   # one for each utterance, in order; the last one repeats
    text = "What time is it?"
    delay_ms = 30                # before the answer; 0
    fail = "The microphone is on fire."   # a StageError instead of text

    [[thinker.rules]]            # the first whose `match` is found in what was said last holds;
                                 # after a tool call that is the tool's output
    match = "time"               # regular expression, case does not matter; "" always matches
    reply = "You said {last}. {context}"  # {last}: that text; {context}: all, "role: text" lines
    first_delay_ms = 100         # before the first word; 0
    word_delay_ms = 20           # before each further word; 0
    fail = "Out of ideas."       # a StageError after the words of `reply`
    stall = true                 # never finishes, after the words of `reply`
    finish = "length"            # "stop" is usual
    tool_call = { name = "clock", arguments = { zone = "UTC" } }

    [voice]
    voices = ["scripted"]
    ms_per_word = 300            # each word is a tone of its own pitch, the same for the same word
    delay_ms = 50                # before the first sound of a text
    word_delay_ms = 400          # before each word; more than ms_per_word: slower than it sounds
    fail = "Hoarse."             # a StageError instead of sound; only for texts with `fail_match`
    fail_match = "cough"
    fail_after_words = 2         # so many words of such a text are spoken before; 0

    [activity]
    threshold = 500              # loudness (RMS of int16) from which sound is speech

Nothing is kept from call to call but the place in the list of utterances.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from services.engine.backends.script import ScriptError, parse_script
from services.engine.backends.scripted_stages import (
    LoudnessActivity,
    ScriptedThinker,
    ScriptedTranscriber,
    ScriptedVoice,
)
from services.engine.backends.smart_turn import WordJudge
from services.engine.stages import StageError, Stages


def load_script(path: Path) -> Stages:
    """Read a script.

    Raises:
        StageError: the file cannot be read, or something in it is not as above.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        script = parse_script(table)
    except OSError as error:
        raise StageError(
            "models", f"The script {path} cannot be read: {error.strerror}."
        ) from error
    except (ValueError, ScriptError) as error:
        raise StageError("models", f"The script {path} has a mistake: {error}.") from error
    return Stages(
        voice_activity=lambda: LoudnessActivity(script.threshold),
        transcriber=ScriptedTranscriber(script.utterances),
        judge=WordJudge(),
        thinker=ScriptedThinker(script.rules),
        voice=ScriptedVoice(script.voice),
        models={stage: f"script {path.name}" for stage in ("transcriber", "thinker", "voice")},
    )
