"""Who may import whom. The rule, in one table:

words ← ports and pure logic ← adapters (never each other) ← use ← web ← app.py
services/engine stands apart: no arrow in or out. Third parties have one home each.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
"""Lines. A file that passes it holds two duties: ask which noun wants to leave."""

LAYERS = ("words", "ports", "adapters", "use", "web", "app")
WORDS = (
    "services.errors",
    "services.access",
    "services.choices",
    "services.config",
    "services.environment",
    "services.languages",
    "services.personas",
    "services.setting",
    "services.settings",
    "services.tool_config",
)
PURE = (
    "services.speech.text",
    "services.calls.minutes",
    "services.calls.session",
    "services.usage",
)
PORTS = ("upstream",)
ADAPTERS = ("storage", "providers", "speech", "transcription", "tools")
HOMES = {
    "flask": ("app", "services.web"),
    "werkzeug": ("app", "services.web"),
    "sqlalchemy": ("services.storage",),
    "alembic": ("services.storage",),
    "psycopg": ("services.storage",),
    "authlib": ("services.accounts",),
    "joserfc": ("services.accounts",),
    "httpx2": ("services.upstream",),
    "httpcore2": ("services.upstream",),
    "openai": (
        "services.upstream",
        "services.providers",
        "services.speech",
        "services.transcription",
    ),
    "markdown_it": ("services.speech",),
    "mcp": ("services.tools",),
    "mcp_types": ("services.tools",),
    "anyio": ("services.tools",),
    "pydantic": ("services.tools",),
    "simpleeval": ("services.tools",),
    "prometheus_client": ("services.web",),
    "aiohttp": ("services.engine",),
    "aiortc": ("services.engine", "services.check.webrtc_line"),
    "websockets": ("services.upstream",),
    "simple_websocket": ("services.web",),
    "av": ("services.engine",),
    "numpy": ("services.engine",),
    "ctranslate2": ("services.engine.backends",),
    "onnxruntime": ("services.engine.backends",),
    "piper": ("services.engine.backends",),
    "tokenizers": ("services.engine.backends",),
    "xllamacpp": ("services.engine.backends",),
    "dotenv": ("services.config",),
}
MODEL_LIBRARIES = ("ctranslate2", "onnxruntime", "piper", "tokenizers", "xllamacpp")
CLOUD_LIBRARIES = ("openai", "mcp", "authlib", "joserfc")
ENVIRONMENT_READERS = (
    "services/config.py",
    "services/engine/config.py",
    # prometheus_client is told its folder in no other way.
    "services/web/metric_files.py",
    # The two roots hand the environment to the readers above and to child processes.
    "app.py",
    "services/engine/__main__.py",
)


@dataclass(frozen=True)
class Import:
    """One import of one file."""

    importer: str
    target: str


def test_imports_point_downwards():
    wrong = [
        f"{found.importer} imports upwards or sideways: {found.target}"
        for found in all_imports()
        if found.target.split(".")[0] in ("app", "services") and not is_allowed(found)
    ]

    assert wrong == []


def test_third_parties_stay_at_home():
    wrong = []
    for found in all_imports():
        library = found.target.split(".")[0]
        homes = HOMES.get("flask" if library.startswith("flask_") else library)
        if homes and not any(is_within(found.importer, home) for home in homes):
            wrong.append(f"{found.importer} imports {found.target}, whose home is {homes}")

    assert wrong == []


@pytest.mark.parametrize(
    ("program", "libraries"),
    [
        (
            "services.engine.__main__, services.engine.backends.catalog,"
            "services.engine.backends.scripted",
            MODEL_LIBRARIES,
        ),
        ("services.web.factory", CLOUD_LIBRARIES),
    ],
)
def test_slow_libraries_are_loaded_only_where_they_are_used(program, libraries):
    script = f"import sys, {program}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set(libraries) & set(done.stdout.split()) == set()


def test_the_environment_is_read_in_one_place():
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if str(path.relative_to(ROOT)) not in ENVIRONMENT_READERS and reads_environment(path)
    ]

    assert wrong == []


def test_files_are_short_enough_to_read():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("services", "static/js", "static/css", "templates", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js", ".css", ".html") and "node_modules" not in path.parts
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def sources() -> Iterator[Path]:
    """Our Python files, without tests."""
    if (ROOT / "app.py").exists():
        yield ROOT / "app.py"
    yield from sorted((ROOT / "services").rglob("*.py"))


def all_imports() -> Iterator[Import]:
    """Every import of every file, as absolute names."""
    for path in sources():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for target in imported_names(node):
                yield Import(module, target)


def imported_names(node: ast.AST) -> list[str]:
    """Names of modules; `from a import b` counts as a.b, which may be a module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"relative import of {node.module}"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def is_allowed(found: Import) -> bool:
    """Whether the arrow between two of our own modules points downwards."""
    importer, target = found.importer, found.target
    if is_within(importer, "services.engine") or is_within(target, "services.engine"):
        return is_within(importer, "services.engine") and is_within(target, "services.engine")
    if LAYERS.index(layer(importer)) > LAYERS.index(layer(target)):
        return True
    among_themselves = layer(importer) == layer(target) and layer(target) in ("words", "ports")
    return among_themselves or package(importer) == package(target)


def layer(module: str) -> str:
    """The floor on which a module lives."""
    if module == "app" or module.startswith("app."):
        return "app"
    if any(is_within(module, name) for name in WORDS):
        return "words"
    if (
        package(module) in PORTS
        or module.split(".")[2:3] == ["base"]
        or any(is_within(module, name) for name in PURE)
    ):
        return "ports"
    if package(module) in ADAPTERS:
        return "adapters"
    return "web" if package(module) == "web" else "use"


def package(module: str) -> str:
    """The room: `services.storage.models` → `storage`."""
    return (module.split(".") + [""])[1]


def is_within(module: str, name: str) -> bool:
    """Whether a module is the named one or lies in it."""
    return module == name or module.startswith(f"{name}.")


def reads_environment(path: Path) -> bool:
    """Whether `os.environ` or `os.getenv` occurs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv", "environb")
        for node in ast.walk(tree)
    )
