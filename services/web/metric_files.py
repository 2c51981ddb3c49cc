"""Where the workers of one server keep their metrics, so that each can tell those of all.

prometheus_client learns of the folder by an environment variable only, and looks for it while it
is being imported; so it is set before workers are forked, and imported by them.
Source: https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def make_folder() -> None:
    """Make a folder for this server, in the process that supervises its workers."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="vivavoce-metrics-")


def folder() -> Path | None:
    """Give the folder; None: there is one process only."""
    path = os.environ.get(VARIABLE)
    return Path(path) if path else None


def remove_folder() -> None:
    """Remove it, when the server ends in order."""
    path = os.environ.pop(VARIABLE, None)
    if path is not None:
        shutil.rmtree(path, ignore_errors=True)
