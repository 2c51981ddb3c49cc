"""Silero: tells speech from other sound, 32 ms at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnxruntime

FRAME = 512
"""Samples that are judged at a time (32 ms at 16 kHz)."""
_CONTEXT = 64
"""Samples of the frame before, which the model wants to see again."""


def load_silero(path: Path) -> Callable[[], SileroActivity]:
    """Load the model once; what comes back makes a detector for a call.

    One frame costs about 0.12 ms on one thread: short enough for the event loop.
    Source: https://github.com/snakers4/silero-vad (`OnnxWrapper`: state and context).
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # More threads are slower for a model as small as this, and a spinning one would burn a core.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )
    return lambda: SileroActivity(session)


class SileroActivity:
    """Voice activity of one call: remembers what it heard."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._rate = np.array(16_000, dtype=np.int64)
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._window = np.zeros((1, _CONTEXT + FRAME), dtype=np.float32)

    def probability(self, frame: NDArray[np.int16]) -> float:
        """Probability of speech, 0 to 1, in the next 512 samples at 16 kHz."""
        self._window[0, :_CONTEXT] = self._window[0, -_CONTEXT:]
        np.divide(frame, 32_768, out=self._window[0, _CONTEXT:], dtype=np.float32)
        probability, self._state = self._session.run(
            None, {"input": self._window, "state": self._state, "sr": self._rate}
        )
        return float(probability[0, 0])
