"""What a person may choose for the calls they make, with the value that holds until they do."""

from __future__ import annotations

from dataclasses import dataclass

# Chosen with the built-in model, which takes every word of it literally: with a name of its own, or
# told what not to do, it answers a question about France in a kind of French.
INSTRUCTIONS = (
    "You are a friendly and helpful voice assistant. "
    "Give short answers of one or two sentences. Use plain words."
)


@dataclass(frozen=True)
class Settings:
    """How somebody wants to be answered."""

    voice: str | None = None
    """Name of a voice; None: the provider's own."""
    speed: float = 1.0
    """Of the voice, 0.25 to 1.5; 1 is natural."""
    language: str | None = None
    """ISO-639-1 code of what will be spoken; None: the provider finds out."""
    instructions: str = INSTRUCTIONS
    """What the model is told before anything is said."""
