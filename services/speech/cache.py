"""Keeps what was spoken, so that a repeated phrase costs nothing and is there at once.

One file for each phrase, named by a hash of all that makes its sound. Several processes share the
folder without locks: a file appears complete, by renaming, and carries a digest of its content,
so that what a crash or a full disk left of one is never played. A folder that cannot be written
only makes the cache empty.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from services.errors import ProviderError, ProviderUnavailable
from services.speech.base import Speech, Utterance
from services.upstream.waiting import Listener

LIMIT_BYTES = 64 * 1024 * 1024
"""Of all files together: some 500 sentences as PCM."""
ENTRY_LIMIT = 1024 * 1024
"""Bytes of one, which is held in memory: 20 s of PCM. A longer text does not come again."""
KEEP_SECONDS = 7 * 24 * 3600.0
"""What was not wanted again for a week is no repeated phrase."""
SWEEP_BYTES = LIMIT_BYTES // 32
"""A process looks for what to throw away after storing so much, and with the first it stores."""
PIECE_BYTES = 64 * 1024
DRAFT = ".draft"
ERASED = "erased"
"""File that tells until when everything was thrown away because somebody wanted it gone; its own
date tells when that was done."""
DRAFT_SECONDS = 3600.0
"""Whoever wrote for longer than this has crashed."""

log = logging.getLogger(__name__)


class SpeechCache:
    """A folder of sounds."""

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        """Use this folder; it is made when the first sound is kept."""
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._since_sweep = SWEEP_BYTES
        self._has_complained = False

    def get(self, key: str) -> bytes | None:
        """Give a sound that was kept whole, and note that it is wanted."""
        file = self._folder / key
        try:
            content = file.read_bytes()
            digest, sound = content[:32], content[32:]
            if hashlib.sha256(sound).digest() != digest:
                file.unlink()
                return None
        except OSError:
            return None  # not there, thrown away by another process, or not ours
        with suppress(OSError):
            os.utime(file)
        return sound

    def put(self, key: str, sound: bytes, begun: float | None = None) -> None:
        """Keep a sound, if the disk allows.

        Args:
            key: its name.
            sound: all of it.
            begun: when it began to be spoken, in seconds since 1970; None: now. Everything may
                have been thrown away since, and this with it.
        """
        begun = time.time() if begun is None else begun
        draft = self._folder / f"{key}.{os.getpid()}.{secrets.token_hex(4)}{DRAFT}"
        try:
            # What was spoken to somebody is nobody else's business.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as out:
                    out.write(hashlib.sha256(sound).digest() + sound)
                draft.replace(self._folder / key)
                # Only now: whoever throws away after this look finds the sound in the folder.
                if self._thrown_away_at() >= begun:
                    (self._folder / key).unlink(missing_ok=True)
            except OSError:
                with suppress(OSError):
                    draft.unlink()
                raise
            self._since_sweep += len(sound)
            if self._since_sweep >= SWEEP_BYTES:
                self._since_sweep = 0
                self._sweep()
        except OSError as error:
            self._complain(error)

    def forget(self, until: datetime) -> None:
        """Throw everything away, once for each such time; another process may have done it."""
        note = self._folder / ERASED
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._folder.is_dir():
            return
        try:
            note.touch(mode=0o600)
            known = note.read_text("ascii")
            if known and datetime.fromisoformat(known) >= until:
                return
            # Dated before and after: what is being spoken looks at it when it wants to be kept.
            self._date(note)
            for file in self._folder.iterdir():
                if file.name != ERASED:
                    file.unlink(missing_ok=True)
            note.write_text(until.isoformat(), "ascii")
            self._date(note)
        except (OSError, ValueError) as error:
            log.error("what was spoken could not be thrown away: %s", error)

    def _date(self, note: Path) -> None:
        # By our clock, since that of file systems lags some milliseconds behind it.
        os.utime(note, times=(time.time(),) * 2)

    def _thrown_away_at(self) -> float:
        """Give when everything was thrown away, in seconds since 1970; 0: never."""
        with suppress(FileNotFoundError):
            return (self._folder / ERASED).stat().st_mtime
        return 0.0

    def _sweep(self) -> None:
        """Throw away what is old, then what was wanted least recently, until the rest fits."""
        now = time.time()
        found: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name == ERASED:
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, entry.path))
        left = sum(size for _, size, _ in found)
        for wanted_at, size, path in sorted(found):
            keep_seconds = DRAFT_SECONDS if path.endswith(DRAFT) else KEEP_SECONDS
            if left > self._limit_bytes or now - wanted_at > keep_seconds:
                with suppress(FileNotFoundError):
                    os.unlink(path)
                left -= size

    def _complain(self, error: OSError) -> None:
        level = logging.DEBUG if self._has_complained else logging.WARNING
        self._has_complained = True
        log.log(level, "nothing can be kept in %s: %s", self._folder, error.strerror)


class CachedSpeech:
    """A voice that remembers."""

    def __init__(self, speech: Speech, cache: SpeechCache, maker: str = "") -> None:
        """Ask this voice for what the cache does not have.

        `maker` tells apart what else makes a sound: the service's address and model.
        """
        self.name = speech.name
        self.speeds = speech.speeds
        self._maker = maker
        self._speech = speech
        self._cache = cache
        self._default_voice = ""

    def check(self) -> None:
        """See whether the voice can speak now."""
        self._speech.check()

    def voices(self) -> Mapping[str, str]:
        """List the voices."""
        return self._speech.voices()

    def close(self) -> None:
        """Close the voice."""
        self._speech.close()

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something from memory, or let it be said and remember it."""
        trouble: ProviderError | None = None
        if utterance.voice is None:
            try:
                # By its name, for the default changes with what the operator installs.
                self._default_voice = next(iter(self._speech.voices()), "")
            except ProviderError as error:
                trouble = error
        key = self._key(utterance)
        known = self._cache.get(key)
        if known is not None:
            yield _pieces(known)
            return
        if isinstance(trouble, ProviderUnavailable):
            # It was waited for once already.
            raise trouble
        begun = time.time()
        with self._speech.speak(utterance, listener) as sound:
            yield _remembered(sound, lambda whole: self._cache.put(key, whole, begun))

    def _key(self, utterance: Utterance) -> str:
        voice = utterance.voice or self._default_voice
        parts = [self.name, self._maker, asdict(utterance) | {"voice": voice}]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _remembered(pieces: Iterator[bytes], keep: Callable[[bytes], None]) -> Iterator[bytes]:
    """Pass pieces on; keep them once the last has come, unless they are too many."""
    heard: bytearray | None = bytearray()
    for piece in pieces:
        yield piece
        if heard is not None and len(heard) + len(piece) > ENTRY_LIMIT:
            heard = None
        if heard is not None:
            heard += piece
    if heard:
        keep(bytes(heard))


def _pieces(sound: bytes) -> Iterator[bytes]:
    for start in range(0, len(sound), PIECE_BYTES):
        yield sound[start : start + PIECE_BYTES]
