"""Piper: text becomes sound, piece by piece, so that the first is heard while the next is made.

Measured on 2 cores with en_US-joe-medium, median milliseconds for 7, 4 and 19 words:

=====================================  ===  ===  ===
threads, option                        7    4    19
=====================================  ===  ===  ===
1                                      127  94   400
**2, threads sleep when idle**         84   61   236
2, threads spin (the default)          78   56   236
2, no memory arena                     98   59   308
2, fewer graph optimisations           77   58   233
=====================================  ===  ===  ===

Threads that spin win 5 ms alone, but take them from llama.cpp, which writes on meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

from services.engine.backends.sound import resample, trim
from services.engine.backends.spoken_pieces import split_spoken
from services.engine.backends.workers import workers
from services.engine.stages import Pcm, StageError

RATE_HZ = 24_000
_THREADS = 2
_LEAD_SECONDS = 0.02
_TAIL_SECONDS = {".": 0.25, "!": 0.25, "?": 0.25, ",": 0.12}
"""Silence after a piece, by its last mark: about what a speaker leaves."""
_OTHER_TAIL_SECONDS = 0.08
_SPEEDS = (0.25, 4.0)
"""What the Realtime API accepts, and more than Piper can say clearly."""
_VOLUME = 0.8
"""Piper scales each piece to full amplitude; Opus needs some room above."""


class PiperVoice:
    """Speaks in one thread: pieces of several calls take turns."""

    voices: tuple[str, ...]

    def __init__(self, path: Path) -> None:
        """Load an .onnx voice and the .onnx.json beside it; takes about a second.

        Raises:
            StageError: the voice cannot be loaded.
        """
        import onnxruntime
        import piper
        from piper.config import PiperConfig

        self._executor = workers("piper", 1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            described = Path(f"{path}.json").read_text(encoding="utf-8")
            config = PiperConfig.from_dict(json.loads(described))
            load = partial(
                onnxruntime.InferenceSession,
                str(path),
                sess_options=options,
                providers=["CPUExecutionProvider"],
            )
            session = self._executor.submit(load).result()
        # onnxruntime's exceptions share no base class but Exception.
        except Exception as error:
            raise StageError("voice", f"The voice {path} cannot be loaded: {error}") from error
        self._piper = piper.PiperVoice(session=session, config=config)
        # A file may hold several speakers; then they are the voices.
        speakers = config.speaker_id_map if config.num_speakers > 1 else {}
        self.voices = tuple(speakers) or (path.stem,)
        self._speakers = dict(speakers)

    async def speak(
        self, text: str, *, voice: str | None = None, speed: float = 1.0
    ) -> AsyncGenerator[Pcm, None]:
        """Say a clause or a few sentences; yields one piece after the other, 24 kHz.

        Raises:
            StageError: the model failed.
        """
        loop = asyncio.get_running_loop()
        for piece in split_spoken(text):
            try:
                sound = await loop.run_in_executor(self._executor, self._say, piece, voice, speed)
            # Like loading: no common base class below Exception.
            except Exception as error:
                raise StageError("voice", f"Piper failed: {error}") from error
            if len(sound.samples):
                yield sound

    def close(self) -> None:
        """End the thread."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _say(self, piece: str, voice: str | None, speed: float) -> Pcm:
        import numpy as np
        from piper.config import SynthesisConfig

        pace = min(max(speed, _SPEEDS[0]), _SPEEDS[1])
        manner = SynthesisConfig(
            speaker_id=self._speakers.get(voice or self.voices[0]),
            length_scale=self._piper.config.length_scale / pace,
            volume=_VOLUME,
        )
        # "[[" would be read as phonemes by Piper.
        chunks = [
            c.audio_int16_array for c in self._piper.synthesize(piece.replace("[[", ""), manner)
        ]
        if not chunks:
            return Pcm(np.zeros(0, np.int16), RATE_HZ)
        rate = self._piper.config.sample_rate
        tail = _TAIL_SECONDS.get(piece.rstrip("\"')” ")[-1:], _OTHER_TAIL_SECONDS)
        spoken = trim(Pcm(np.concatenate(chunks), rate), _LEAD_SECONDS, tail / pace)
        return resample(spoken, RATE_HZ)
