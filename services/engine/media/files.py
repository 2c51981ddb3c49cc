"""Sound as files: decoding what was uploaded, encoding what is spoken while it is made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal

import av
import numpy as np

from services.engine.errors import ProtocolError
from services.engine.stages import Pcm

Format = Literal["pcm", "wav", "mp3", "opus", "flac", "aac"]

CONTENT_TYPES: dict[str, str] = {
    "pcm": "audio/pcm;rate=24000;channels=1",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
}
_CONTAINERS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "opus": ("ogg", "libopus"),
    "flac": ("flac", "flac"),
    "aac": ("adts", "aac"),
}

HEARD_RATE = 16_000
LONGEST_SECONDS = 30 * 60
"""A small file can hold days of silence; decoding stops here."""


def decode(upload: bytes) -> Pcm:
    """Read an audio file of any common kind as 16 kHz mono; blocks, so call it in a thread.

    Raises:
        ProtocolError: it holds no sound that can be read, or over 30 minutes of it.
    """
    pieces: list[np.ndarray[Any, np.dtype[np.int16]]] = []
    seconds = 0.0
    try:
        with av.open(io.BytesIO(upload), "r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise _unreadable()
            resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_RATE)
            for frame in container.decode(audio=0):
                for resampled in resampler.resample(frame):
                    pieces.append(resampled.to_ndarray()[0])
                    seconds += resampled.samples / HEARD_RATE
                if seconds > LONGEST_SECONDS:
                    raise ProtocolError(
                        "The file holds over 30 minutes of sound; send it in parts.",
                        code="audio_too_long",
                        param="file",
                    )
            pieces += [one.to_ndarray()[0] for one in resampler.resample(None)]
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise _unreadable() from error
    if not pieces:
        raise _unreadable()
    return Pcm(np.concatenate(pieces), HEARD_RATE)


def _unreadable() -> ProtocolError:
    return ProtocolError(
        "The file holds no sound that can be read; send wav, mp3, flac, ogg, webm or mp4.",
        code="invalid_audio",
        param="file",
    )


class Encoder:
    """Turns 24 kHz sound into a file, piece by piece."""

    def __init__(self, file_format: Format, rate: int) -> None:
        """Begin a file."""
        self._rate = rate
        self._format = file_format
        self._sink = _Sink()
        self._pts = 0
        if file_format != "pcm":
            container, codec = _CONTAINERS[file_format]
            # Not seekable: headers cannot be mended at the end, as in any stream.
            self._container = av.open(self._sink, "w", format=container)
            stream_rate = 48_000 if file_format == "opus" else rate
            stream: Any = self._container.add_stream(codec, rate=stream_rate, layout="mono")
            self._stream = stream

    def add(self, pcm: Pcm) -> bytes:
        """Encode more sound; returns what is ready, which may be nothing."""
        if self._format == "pcm":
            return pcm.samples.astype("<i2").tobytes()
        frame = av.AudioFrame.from_ndarray(pcm.samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = self._rate
        frame.pts = self._pts
        self._pts += len(pcm.samples)
        self._mux(frame)
        return self._sink.take()

    def finish(self) -> bytes:
        """End the file; returns its last bytes."""
        if self._format == "pcm":
            return b""
        self._mux(None)
        self._container.close()
        return self._sink.take()

    def _mux(self, frame: av.AudioFrame | None) -> None:
        packets: Iterator[Any] = iter(self._stream.encode(frame))
        for packet in packets:
            self._container.mux(packet)


class _Sink:
    """A file that can only be written to, as PyAV wants it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        written, self._written = bytes(self._written), bytearray()
        return written
