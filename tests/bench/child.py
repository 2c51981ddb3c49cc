"""A service of the bench in a process of its own: it takes no time from what is measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.running import ROOT


@contextmanager
def service(name: str) -> Iterator[str]:
    """Run a module of this folder that prints its URL first; gives the URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{name}"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # Leaving closes stdin, which ends it, and waits.
    with process:
        assert process.stdout
        yield process.stdout.readline().strip()
