"""Threads for heavy work, which step back behind the event loop: sound must go out on time."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

SPEECH_NICE = 5
"""For what hears and speaks; the loop, which sends a packet every 20 ms, stays at 0."""
THOUGHT_NICE = 10
"""For what thinks. Measured with a reply being written while a clause is spoken: the clause is
ready after 190 instead of 285 ms, and the writing is no slower."""


def workers(name: str, count: int, nice: int = SPEECH_NICE) -> ThreadPoolExecutor:
    """Make a pool; threads that a library starts within it inherit its place behind others."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=partial(_step_back, nice))


def _step_back(nice: int) -> None:
    if sys.platform == "linux":  # elsewhere this would be the whole process
        os.setpriority(os.PRIO_PROCESS, 0, nice)
