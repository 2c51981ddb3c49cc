"""Events as the text of messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def to_text(event: Mapping[str, Any]) -> str:
    """Write an event down; half a surrogate pair, which UTF-8 does not know, becomes `?`.

    Such a half can come from a client: JSON may spell it, and errors quote what is wrong.
    """
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")
