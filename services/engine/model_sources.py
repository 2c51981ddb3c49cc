"""The two places that model files are fetched from: the hub, and wheels on the package index."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from tqdm import tqdm

from services.engine.manifest import HubSource, ModelFile, WheelSource

HUB_URL = "https://huggingface.co"
REACH_SECONDS = 3.0
"""For the hub to answer. Without a network this is lost once, not once for every file."""
_CHUNK = 1 << 20
# No thread that wakes up stale bars: these move by themselves, and it would outlive them.
tqdm.monitor_interval = 0
_WATCH_SECONDS = 0.2
_PIP = """
import runpy, sys, tempfile
tempfile.tempdir = sys.argv.pop(1)
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__")
"""
"""`python -m pip`, with its unfinished downloads in a folder where the bar can watch them."""


class SourceError(Exception):
    """A source does not have a file, or cannot be reached; the message says why."""


class Hub:
    """The Hugging Face hub over plain HTTPS. Proxies are taken from the environment."""

    def __init__(self, url: str = HUB_URL, *, reach_seconds: float = REACH_SECONDS) -> None:
        """Connect to nothing yet."""
        self._url = url
        self._reach_seconds = reach_seconds
        self._out_of_reach: str | None = None

    def fetch(self, source: HubSource, name: str, part: Path, size: int) -> None:
        """Fetch a file; goes on where an earlier attempt stopped.

        Raises:
            SourceError: the hub is out of reach or does not have it.
        """
        if self._out_of_reach:
            raise SourceError(self._out_of_reach)
        path = "/".join(piece for piece in (source.folder, name) if piece)
        url = f"{self._url}/{source.repository}/resolve/{source.revision}/{path}"
        done = part.stat().st_size if part.exists() else 0
        if done >= size:
            done = 0  # not ours to judge; begin anew
        request = urllib.request.Request(url)
        if done:
            request.add_header("Range", f"bytes={done}-")
        try:
            with urllib.request.urlopen(request, timeout=self._reach_seconds) as answer:
                resumed = answer.status == 206
                with part.open("ab" if resumed else "wb") as file:
                    _copy(answer, file, name, size, done if resumed else 0)
        except urllib.error.HTTPError as error:
            error.close()
            raise SourceError(f"answered {error.code}") from error
        except urllib.error.URLError as error:
            self._out_of_reach = f"cannot be reached ({error.reason})"
            raise SourceError(self._out_of_reach) from error
        except OSError as error:
            raise SourceError(f"broke off ({error}); it will be resumed") from error


def _copy(source: BinaryIO, target: BinaryIO, name: str, size: int, done: int) -> None:
    with _bar(name, size, done) as bar:
        while block := source.read(_CHUNK):
            target.write(block)
            bar.update(len(block))


class Wheels:
    """Wheels, downloaded once each into a folder that is removed in the end."""

    def __init__(self) -> None:
        """Download nothing yet."""
        self._folder = Path(tempfile.mkdtemp(prefix="vivavoce-models-"))
        self._found: dict[str, Path | str] = {}

    def __enter__(self) -> Wheels:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def fetch(self, source: WheelSource, name: str, part: Path) -> None:
        """Take a file out of a wheel.

        Raises:
            SourceError: the wheel cannot be downloaded, or the file is not in it.
        """
        if source.requirement not in self._found:
            self._found[source.requirement] = self._download(source)
        found = self._found[source.requirement]
        if isinstance(found, str):
            raise SourceError(found)
        try:
            with (
                zipfile.ZipFile(found) as wheel,
                wheel.open(f"{source.folder}/{name}") as packed,
                part.open("wb") as file,
            ):
                shutil.copyfileobj(packed, file, _CHUNK)
        except (KeyError, zipfile.BadZipFile) as error:
            raise SourceError(f"the wheel does not hold {source.folder}/{name}") from error

    def _download(self, source: WheelSource) -> Path | str:
        """Run pip; give the wheel, or why there is none."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        # In a process of its own, so that the person's pip settings hold: index, proxy, trust.
        command = [sys.executable, "-c", _PIP, str(folder), "download", source.requirement]
        options = ["--no-deps", "--only-binary=:all:", "--retries=1", "--progress-bar=off"]
        pip = subprocess.Popen(
            [*command, *options, "--no-input", "--dest", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        errors = _watch(pip, source, lambda: _size(folder))
        wheels = list(folder.glob("*.whl"))
        if pip.returncode or not wheels:
            lines = [line for line in errors.splitlines() if line.startswith("ERROR")]
            last = (lines or errors.splitlines() or ["no reason given"])[-1]
            return f"pip failed ({last.removeprefix('ERROR: ')[:200]})"
        return wheels[0]


def _watch(pip: subprocess.Popen[str], source: WheelSource, arrived: Callable[[], int]) -> str:
    """Wait for pip, moving a bar; returns what it wrote to standard error."""
    with pip, _bar(source.requirement, source.size, 0) as bar:
        while True:
            try:
                _, errors = pip.communicate(timeout=_WATCH_SECONDS)
                bar.update(source.size - bar.n if pip.returncode == 0 else 0)
                return errors
            except subprocess.TimeoutExpired:
                bar.update(max(0, min(arrived(), source.size) - bar.n))
            except BaseException:
                pip.kill()
                raise


def _size(folder: Path) -> int:
    found = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # moved meanwhile
            found += path.stat().st_size
    return found


def _bar(name: str, total: int, done: int) -> tqdm[None]:
    # disable=None: no bar where standard error is not a terminal.
    return tqdm(total=total, initial=done, desc=name, unit="B", unit_scale=True, disable=None)


def keep(part: Path, file: ModelFile, target: Path) -> None:
    """Give a file that was fetched its name, if it is what it should be.

    Raises:
        SourceError: it is not; what was fetched is removed.
    """
    with part.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != file.sha256:
        part.unlink()
        raise SourceError(f"sent another file (sha256 {found[:12]}…, not {file.sha256[:12]}…)")
    part.replace(target)
