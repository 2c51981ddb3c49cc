"""Whisper through CTranslate2: an utterance becomes text.

Whisper was trained on windows of 30 seconds, but its encoder accepts less, and most of the time
goes into the encoder. So an utterance is padded by as much silence as accuracy needs and no more.
Measured on 2 cores with 60 utterances (15 sentences, 3 espeak-ng voices and 1 Piper voice),
tiny.en int8, greedy; median milliseconds and word errors:

====================================  ======  =======
window                                ms      errors
====================================  ======  =======
padded to 30 s                        324     13.0 %
utterance + 8 s, no loop guard        75      12.5 %
utterance + 0.5 s, no loop guard      37      63 %
utterance + 2 s, guard                34      11.1 %
0.2 s + utterance + 1 s, guard        33      7.5 %
**0.2 s + utterance + 2 s, guard**    **36**  **7.2 %**
0.2 s + utterance + 4 s, guard        48      7.5 %
====================================  ======  =======

The guard: timestamps are asked for, so that the model says where the speech ends; what comes
after that, beyond the number of tokens that fit into the time, or in a loop of at least three
tokens is cut off. float32 takes three times as long; a second thread gains nothing for short
speech.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from services.engine.backends.mel import HOP, RATE_HZ, log_mel
from services.engine.backends.transcript import cut_loop, is_hallucination, split_at_pauses
from services.engine.backends.workers import workers
from services.engine.stages import Pcm, StageError, Transcript

if TYPE_CHECKING:
    import ctranslate2

_LEAD_SECONDS = 0.2
"""Silence put before the speech: without it the first word is often lost."""
_PAD_SECONDS = {"draft": 1.0, "final": 2.0}
_TOKENS_PER_SECOND = 12
"""Nobody says so much; a loop does. With 6, loops were cut too early to be seen as such."""
_WINDOW_SECONDS = 30.0 - _LEAD_SECONDS
_STAMP_SECONDS = 0.02
"""A timestamp token stands for this much more than the one before it."""
_STRIDE = 2 * HOP
"""The encoder halves the frames, so their number must be even."""
_WORKERS = 2
"""Utterances at once; each takes one core."""


@dataclass(frozen=True)
class _Tokens:
    end: int
    first_stamp: int
    prompt: tuple[int, ...]


class WhisperTranscriber:
    """Transcribes in threads of its own."""

    def __init__(self, folder: Path) -> None:
        """Load a CTranslate2 Whisper model; takes about half a second.

        Raises:
            StageError: the folder holds no model that can be loaded.
        """
        import ctranslate2
        import tokenizers

        self._executor = workers("whisper", _WORKERS)
        load = partial(
            ctranslate2.models.Whisper,
            str(folder),
            device="cpu",
            compute_type="int8",
            inter_threads=_WORKERS,
            intra_threads=1,
        )
        try:
            self._model = self._executor.submit(load).result()
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        # tokenizers raises bare Exception when a file cannot be read.
        except Exception as error:
            raise StageError(
                "transcriber", f"The Whisper model in {folder} cannot be loaded: {error}"
            ) from error
        self._bands = int(self._model.n_mels)

    async def transcribe(
        self, speech: Pcm, *, draft: bool = False, language: str | None = None
    ) -> Transcript:
        """Write down one utterance of 16 kHz sound; longer than 30 seconds is cut at pauses.

        Raises:
            StageError: the model failed.
        """
        loop = asyncio.get_running_loop()
        pad = _PAD_SECONDS["draft" if draft else "final"]
        texts = []
        for part in split_at_pauses(speech.samples, RATE_HZ, _WINDOW_SECONDS):
            try:
                text = await loop.run_in_executor(self._executor, self._read, part, pad, language)
            except (RuntimeError, ValueError) as error:
                raise StageError("transcriber", f"Whisper failed: {error}") from error
            if text:
                texts.append(text)
        return Transcript(" ".join(texts), speech.seconds)

    def close(self) -> None:
        """End the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _read(self, samples: NDArray[np.int16], pad_seconds: float, language: str | None) -> str:
        import ctranslate2

        seconds = len(samples) / RATE_HZ
        mel = log_mel(_padded(samples, pad_seconds), self._bands)
        features = ctranslate2.StorageView.from_array(mel[None])
        tokens = self._tokens(features, language)
        result = self._model.generate(
            features,
            [list(tokens.prompt)],
            beam_size=1,
            max_length=len(tokens.prompt) + 10 + int(seconds * _TOKENS_PER_SECOND),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = _until_end_stamp(result.sequences_ids[0], tokens, seconds)
        text = self._tokenizer.decode(cut_loop(ids)).strip()
        if is_hallucination(text, samples, result.no_speech_prob, result.scores[0]):
            return ""
        return text

    def _tokens(self, features: ctranslate2.StorageView, language: str | None) -> _Tokens:
        def token(name: str) -> int:
            found = self._tokenizer.token_to_id(name)
            if found is None:
                raise ValueError(f"its tokenizer lacks {name}")
            return int(found)

        start = token("<|startoftranscript|>")
        if not self._model.is_multilingual:
            prompt: tuple[int, ...] = (start,)
        else:
            tongue = token(f"<|{language}|>") if language else None
            if tongue is None:
                tongue = token(self._model.detect_language(features)[0][0][0])
            prompt = (start, tongue, token("<|transcribe|>"))
        return _Tokens(token("<|endoftext|>"), token("<|notimestamps|>") + 1, prompt)


def _padded(samples: NDArray[np.int16], pad_seconds: float) -> NDArray[np.float32]:
    lead = int(_LEAD_SECONDS * RATE_HZ)
    length = min(lead + len(samples) + int(pad_seconds * RATE_HZ), 30 * RATE_HZ)
    sound = np.zeros(-(-length // _STRIDE) * _STRIDE, dtype=np.float32)
    sound[lead : lead + len(samples)] = samples / np.float32(32_768)
    return sound


def _until_end_stamp(ids: list[int], tokens: _Tokens, seconds: float) -> list[int]:
    """Keep the words up to the timestamp near the end of the speech."""
    words: list[int] = []
    for token in ids:
        if token < tokens.end:
            words.append(token)
        elif token >= tokens.first_stamp and words:
            at_seconds = (token - tokens.first_stamp) * _STAMP_SECONDS - _LEAD_SECONDS
            if at_seconds >= seconds - 0.6:
                break
    return words
