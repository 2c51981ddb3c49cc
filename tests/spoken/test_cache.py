"""The folder of sounds: shared, bounded, and never wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.speech.base import Utterance
from services.speech.cache import ENTRY_LIMIT, CachedSpeech, SpeechCache
from services.speech.engine import EngineSpeech
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineBoard, EngineState
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine

ROOT = Path(__file__).resolve().parents[2]
HAMMER = """
import hashlib, pathlib, random, sys
from services.speech.cache import SpeechCache
import services.speech.cache as module
module.SWEEP_BYTES = 50_000
cache, dice, hits = SpeechCache(pathlib.Path(sys.argv[1]), 200_000), random.Random(sys.argv[2]), 0
print("begun", flush=True)
for _ in range(int(sys.argv[3])):
    number = dice.randrange(60)
    key = hashlib.sha256(b"%d" % number).hexdigest()
    sound = cache.get(key)
    if sound is None:
        cache.put(key, bytes([number]) * 10_000)
    else:
        assert sound == bytes([number]) * 10_000, number
        hits += 1
print(hits)
"""


def hammer(folder, seed, times):
    return subprocess.Popen(
        [sys.executable, "-c", HAMMER, str(folder), str(seed), str(times)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def cache(tmp_path):
    return SpeechCache(tmp_path / "speech")


@pytest.fixture
def upstream():
    with StandInEngine() as running:
        yield running


@pytest.fixture
def board(upstream):
    made = EngineBoard()
    made.post(upstream.state())
    return made


@pytest.fixture
def voice(board, cache):
    api = EngineApi(board.read, SERVER_KEY)
    yield CachedSpeech(EngineSpeech(api), cache)
    api.close()


def say(speech, text="Hello.", **how):
    with speech.speak(Utterance(text, **how)) as pieces:
        return b"".join(pieces)


def test_what_was_kept_is_given(cache):
    assert cache.get("a" * 64) is None

    cache.put("a" * 64, b"sound")

    assert cache.get("a" * 64) == b"sound"


def test_nobody_else_can_listen(cache, tmp_path):
    cache.put("a" * 64, b"sound")

    assert (tmp_path / "speech").stat().st_mode & 0o077 == 0
    assert (tmp_path / "speech" / ("a" * 64)).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 32, b"x" * 500])
def test_what_is_damaged_is_thrown_away(cache, tmp_path, damage):
    cache.put("a" * 64, b"sound" * 100)
    file = tmp_path / "speech" / ("a" * 64)
    file.write_bytes(damage)

    assert cache.get("a" * 64) is None
    assert not file.exists()


def test_a_file_that_was_cut_short_is_not_given(cache, tmp_path):
    cache.put("a" * 64, b"sound" * 100)
    file = tmp_path / "speech" / ("a" * 64)
    file.write_bytes(file.read_bytes()[:-1])

    assert cache.get("a" * 64) is None


def test_what_was_wanted_least_recently_goes_first(tmp_path, monkeypatch):
    monkeypatch.setattr("services.speech.cache.SWEEP_BYTES", 1)
    cache = SpeechCache(tmp_path, 3 * 132)
    for number, name in enumerate("abc"):
        cache.put(name, b"x" * 100)
        os.utime(tmp_path / name, times=(0, time.time() - 100 + number))
    cache.get("a")

    cache.put("d", b"x" * 100)

    assert sorted(os.listdir(tmp_path)) == ["a", "c", "d"]


def test_old_sounds_and_left_drafts_go(tmp_path):
    for name, hours in (("old", 8 * 24), ("new", 6 * 24), ("x.draft", 2), ("y.draft", 0)):
        (tmp_path / name).write_bytes(b"x" * 40)
        os.utime(tmp_path / name, times=(0, time.time() - 3600 * hours))

    SpeechCache(tmp_path).put("next", b"sound")

    assert sorted(os.listdir(tmp_path)) == ["new", "next", "y.draft"]


def test_what_somebody_wants_gone_is_thrown_away_once(cache, tmp_path):
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    cache.put("a" * 64, b"spoken before")

    cache.forget(noon)
    cache.put("b" * 64, b"spoken later")
    SpeechCache(tmp_path / "speech").forget(noon)  # another process hears of it, too

    assert cache.get("a" * 64) is None
    assert cache.get("b" * 64) == b"spoken later"
    cache.forget(noon + timedelta(seconds=1))
    assert cache.get("b" * 64) is None


def test_a_sweep_forgets_nothing_of_what_was_thrown_away(tmp_path):
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    cache = SpeechCache(tmp_path)
    cache.forget(noon)
    long_ago = time.time() - 30 * 24 * 3600
    os.utime(tmp_path / "erased", (long_ago, long_ago))

    cache.put("a" * 64, b"the first sound of a process has it sweep")
    cache.forget(noon)

    assert cache.get("a" * 64) is not None


def test_what_is_being_spoken_while_everything_is_thrown_away_is_not_kept(voice, cache, upstream):
    with voice.speak(Utterance("Hello.")) as pieces:
        first = next(pieces)
        cache.forget(datetime.now(UTC))  # before there is a folder
        assert first + b"".join(pieces) == 3 * PIECE
    say(voice)
    assert len(upstream.audio.spoken) == 2

    say(voice)
    assert len(upstream.audio.spoken) == 2


def test_a_folder_that_cannot_be_made_is_an_empty_cache(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "speech")

    cache.put("a", b"sound")
    cache.put("b", b"sound")

    assert cache.get("a") is None
    assert len([each for each in caplog.records if each.levelname == "WARNING"]) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_leaves_nothing_behind(cache, tmp_path, monkeypatch):
    whole = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, mode=0: whole("/dev/full", os.O_WRONLY))

    cache.put("a", b"sound")

    monkeypatch.undo()
    assert cache.get("a") is None
    assert os.listdir(tmp_path / "speech") == []


def test_processes_share_a_folder_and_one_may_be_killed(tmp_path):
    processes = [hammer(tmp_path, seed, 1500) for seed in range(3)]
    victim = hammer(tmp_path, 99, 10**9)
    with victim:
        assert victim.stdout.readline() == "begun\n"
        victim.kill()

    hits = []
    for process in processes:
        with process:
            answer, _ = process.communicate(timeout=60)
            assert process.returncode == 0
            hits.append(int(answer.split()[-1]))

    assert min(hits) > 100
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 200_000 + 4 * 60_000


def test_a_repeated_phrase_is_said_once(voice, upstream):
    assert say(voice) == say(voice) == 3 * PIECE

    assert len(upstream.audio.spoken) == 1


def test_everything_that_is_heard_is_part_of_the_name(voice, upstream):
    for how in ({}, {"voice": "amy"}, {"speed": 1.5}, {"language": "de"}, {"audio_format": "wav"}):
        say(voice, **how)
    say(voice, "Hello!")

    assert len(upstream.audio.spoken) == 6


def test_the_default_voice_and_its_name_are_one(voice, upstream):
    say(voice)
    say(voice, voice="joe")

    assert len(upstream.audio.spoken) == 1


def test_half_a_phrase_is_not_kept(voice, upstream):
    with voice.speak(Utterance("Hello.")) as pieces:
        next(pieces)

    assert say(voice) == 3 * PIECE
    assert len(upstream.audio.spoken) == 2


def test_a_long_text_is_not_kept(voice, upstream):
    upstream.audio.pieces = [bytes(ENTRY_LIMIT), b"x"]

    say(voice)
    say(voice)

    assert len(upstream.audio.spoken) == 2


def test_silence_is_not_kept(voice, upstream):
    upstream.audio.pieces = []

    assert say(voice) == b""
    upstream.audio.pieces = [PIECE]
    assert say(voice) == PIECE


def test_what_is_known_is_said_without_the_service(voice, board):
    say(voice)
    board.post(EngineState("ready", "http://127.0.0.1:1"))

    assert say(voice) == 3 * PIECE
