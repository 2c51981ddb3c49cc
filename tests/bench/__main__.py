"""`make bench`: measures the running program, prints one table, writes bench.json."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import install
from tests.bench.connecting import measure_connect, measure_first_load
from tests.bench.first_sound import measure_first_sound
from tests.bench.minting import measure_mint
from tests.bench.relay import measure_relay
from tests.bench.searching import measure_search
from tests.bench.speech import measure_speech
from tests.bench.talking import measure_talk
from tests.running import RunningApp

RESULT = install.ROOT / "bench.json"


def main() -> int:
    """Measure everything; takes about ten minutes."""
    parts = (install.browser(), install.espeak(), install.models(), install.postgres())
    for part in parts:
        if part.path is None:
            print(f"{part.name} is missing: {part.advice}", file=sys.stderr)
            return 1
    program, postgres = parts[0].path, parts[3].path
    assert program and postgres
    result: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with RunningApp(folder / "talking") as app, sync_playwright() as playwright:
            result |= measure_first_load(playwright, program, app)
            result |= measure_connect(playwright, program, app, folder)
            result |= measure_talk(playwright, program, app, folder)
            result |= measure_first_sound(playwright, program, app, folder)
        result |= measure_mint(folder / "minting")
        result |= measure_speech(folder / "speech")
        result |= measure_relay(folder / "relay")
        result |= measure_search(folder / "searching", postgres)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(table(result))
    return 0


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        cpu = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def table(result: Mapping[str, object]) -> str:
    """Everything as one table for people."""
    rows: list[Sequence[str]] = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            cells = [f"{key} {entry}" for key, entry in value.items()]
            rows += [(name if index == 0 else "", cell) for index, cell in enumerate(cells)]
        else:
            rows.append((name, str(value)))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


if __name__ == "__main__":
    sys.exit(main())
