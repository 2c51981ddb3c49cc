"""What the README tells an operator to write and to run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.running import ROOT

FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.M | re.S)


def block(beginning: str) -> str:
    """Give the block whose text begins like this."""
    text = (ROOT / "README.md").read_text("utf-8")
    return next(found for found in FENCE.findall(text) if found.startswith(beginning))


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Put this machine's words in place of the guide's; each must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
