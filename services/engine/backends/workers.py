"""Threads for heavy work, which step back behind the event loop: sound must go out on time."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

THOUGHT_NICE = 3
"""For what thinks, so that a clause is spoken before the next ones are written. With a browser on
the same two cores, median of 12 questions from the last word to the first sound: 555 ms; with 0,
604 ms; with 10, and 5 for hearing and speaking, 657 ms, since the browser then went before all."""
JUDGE_NICE = 10
"""For what judges pauses: its verdict is not needed before there is sound to let out."""


def workers(name: str, count: int, nice: int = 0) -> ThreadPoolExecutor:
    """Make a pool; threads that a library starts within it inherit its place behind others."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=partial(_step_back, nice))


def _step_back(nice: int) -> None:
    if sys.platform == "linux":  # elsewhere this would be the whole process
        os.setpriority(os.PRIO_PROCESS, 0, nice)
