"""The steps of a check in words, for a terminal."""

from __future__ import annotations

from services.check.steps import Step

MARKS = {"ok": "ok", "failed": "FAILED", "skipped": "left out"}
INDENT = 16


def describe(step: Step) -> str:
    """Give one line of a step: what, how it went, how long it took, what was seen or helps."""
    took = f"{step.seconds:6.2f} s" if step.outcome != "skipped" else " " * 8
    return f"{step.name:<{INDENT}}{MARKS[step.outcome]:<10}{took}  {step.detail}"


def is_good(step: Step) -> bool:
    """Tell whether calls can do without what the step found missing."""
    return step.outcome != "failed"
