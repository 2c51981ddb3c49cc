"""Percentiles, rounded for people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(values: Sequence[float], *, digits: int = 1) -> dict[str, float]:
    """Give p50 and p95, and of how many values."""
    return {
        "p50": round(float(np.percentile(values, 50)), digits),
        "p95": round(float(np.percentile(values, 95)), digits),
        "n": len(values),
    }
