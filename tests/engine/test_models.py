from __future__ import annotations

import hashlib
import socket
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.engine.config import EngineConfig
from services.engine.manifest import HubSource, Model, ModelFile, WheelSource, read_manifest
from services.engine.model_sources import Hub
from services.engine.models import ModelPaths, fetch_all
from services.engine.stages import StageError

CONTENT = b"weights of a very small model " * 100
NAMES = ("silero", "whisper", "piper", "llama", "smart-turn")
WHEEL = "tiny-models==1.0"


class HubServer(ThreadingHTTPServer):
    """A hub that has every file, and counts what it sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubRequest)
        self.content = CONTENT
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class HubRequest(BaseHTTPRequestHandler):
    server: HubServer

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        body = self.server.content[begin:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def no_hub() -> Hub:
    """A hub at an address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Hub(f"http://127.0.0.1:{free.getsockname()[1]}")


@pytest.fixture(autouse=True)
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the only place that pip looks in; holds one wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_models-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny/model.bin", CONTENT)
        wheel.writestr("tiny/__init__.py", "raise SystemExit('never to be run')")
        wheel.writestr(
            "tiny_models-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny-models\nVersion: 1.0\nRequires-Dist: not-there\n",
        )
        wheel.writestr(
            "tiny_models-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("tiny_models-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def manifest(**changes: Any) -> dict[str, Model]:
    digest = hashlib.sha256(CONTENT).hexdigest()
    sources = (HubSource("some/repository", "main", "folder"), WheelSource(WHEEL, 4000, "tiny"))
    model = Model(
        name="",
        title="A tiny model",
        licence="MIT",
        home="https://example.org",
        files=(ModelFile("model.bin", len(CONTENT), digest),),
        sources=sources,
    )
    return {
        name: replace(model, name=name, optional=name == "smart-turn", **changes)
        for name in NAMES
    }  # fmt: skip


def fetch(
    folder: Path, hub: Hub, models: dict[str, Model] | None = None, **given: Any
) -> ModelPaths:
    config = EngineConfig(cache_dir=folder / "cache", **given)
    return fetch_all(config, manifest=models or manifest(), hub=hub)


def test_files_come_from_the_hub_and_then_from_the_cache(tmp_path, hub):
    first = fetch(tmp_path, Hub(hub.url))
    second = fetch(tmp_path, Hub(hub.url))

    assert first == second
    assert first.llama
    assert first.llama.read_bytes() == CONTENT
    assert first.whisper == tmp_path / "cache" / "whisper"
    assert len(hub.ranges) == len(NAMES)


def test_an_unfinished_download_is_resumed(tmp_path, hub):
    part = tmp_path / "cache" / "silero" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:1000])

    paths = fetch(tmp_path, Hub(hub.url))

    assert hub.ranges[0] == "bytes=1000-"
    assert paths.silero.read_bytes() == CONTENT
    assert not part.exists()


def test_without_a_hub_a_wheel_is_opened_but_not_installed(tmp_path, no_hub):
    paths = fetch(tmp_path, no_hub)

    assert paths.piper.read_bytes() == CONTENT
    assert sorted(path.name for path in paths.piper.parent.iterdir()) == [".lock", "model.bin"]


def test_a_wrong_file_is_refused_and_the_next_source_tried(tmp_path, hub):
    hub.content = b"x" * len(CONTENT)

    paths = fetch(tmp_path, Hub(hub.url))

    assert paths.silero.read_bytes() == CONTENT


def test_a_file_that_cannot_be_had_is_named_with_every_source(tmp_path, no_hub, package_index):
    (package_index / "tiny_models-1.0-py3-none-any.whl").unlink()

    with pytest.raises(StageError) as caught:
        fetch(tmp_path, no_hub, manifest(variable="SOME_MODEL"))

    message = str(caught.value)
    assert caught.value.stage == "models"
    for part in (
        "model.bin (A tiny model)",
        str(tmp_path / "cache" / "silero"),
        "hub, some/repository: cannot be reached",
        f"package index, {WHEEL}: pip failed (No matching distribution",
        "SOME_MODEL",
        "https://example.org",
    ):
        assert part in message


def test_an_optional_model_may_be_missing(tmp_path, no_hub, caplog):
    models = manifest()
    models["smart-turn"] = replace(models["smart-turn"], sources=())

    assert fetch(tmp_path, no_hub, models).smart_turn is None
    assert "going on without A tiny model" in caplog.text


def test_given_paths_are_taken_and_nothing_is_fetched_for_them(tmp_path, hub):
    voice, llama, whisper = tmp_path / "v.onnx", tmp_path / "l.gguf", tmp_path / "whisper"
    whisper.mkdir()
    for path in (voice, Path(f"{voice}.json"), llama, whisper / "model.bin"):
        path.touch()
    (whisper / "tokenizer.json").touch()

    paths = fetch(
        tmp_path,
        Hub(hub.url),
        piper_voice=str(voice),
        llama_model=str(llama),
        whisper_model=str(whisper),
    )

    assert (paths.piper, paths.llama, paths.whisper) == (voice, llama, whisper)
    assert len(hub.ranges) == 2


@pytest.mark.parametrize("name", ["whisper_model", "piper_voice", "llama_model"])
def test_a_given_path_that_does_not_exist_is_an_error(tmp_path, hub, name):
    with pytest.raises(StageError, match=name.upper()):
        fetch(tmp_path, Hub(hub.url), models=None, **{name: str(tmp_path / "nowhere")})


def test_no_language_model_is_fetched_if_a_server_thinks(tmp_path, hub):
    paths = fetch(tmp_path, Hub(hub.url), llm_base_url="http://127.0.0.1:1/v1")

    assert paths.llama is None
    assert not (tmp_path / "cache" / "llama").exists()


def test_several_at_once_fetch_each_file_once(tmp_path, hub):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fetch(tmp_path, Hub(hub.url)), range(4)))

    assert len(set(found)) == 1
    assert len(hub.ranges) == len(NAMES)


def test_a_cache_that_cannot_be_written_is_an_error(tmp_path, hub):
    (tmp_path / "cache").write_text("a file, not a folder")

    with pytest.raises(StageError, match="cannot be written"):
        fetch(tmp_path, Hub(hub.url))


def test_the_real_manifest_is_complete():
    models = read_manifest()

    assert set(models) == set(NAMES)
    for model in models.values():
        assert model.licence
        assert model.home.startswith("https://")
        assert any(isinstance(source, WheelSource) for source in model.sources)
        assert all(file.size and len(file.sha256) == 64 for file in model.files)
    assert [model.name for model in models.values() if model.optional] == ["smart-turn"]
