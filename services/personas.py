"""Characters that somebody may give the assistant, with what the model is told to be one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """One character."""

    label: str
    """Name for people."""
    instructions: str
    """What the model is told; empty: nothing."""


OWN = "own"
"""The persona that is nothing but the person's own instructions."""

# Chosen with the built-in model, which takes every word of them literally: with a name of its own,
# told what not to do, or as anything but an assistant or a teacher, it answers a question about
# France in a kind of French.
PERSONAS = {
    "assistant": Persona(
        "Assistant",
        "You are a friendly and helpful voice assistant. "
        "Give short answers of one or two sentences. Use plain words.",
    ),
    "brief": Persona(
        "Brief",
        "You are a friendly and helpful voice assistant. "
        "Give short answers of one sentence. Use plain words.",
    ),
    "cheerful": Persona(
        "Cheerful",
        "You are a cheerful and funny voice assistant. "
        "Give short answers of one or two sentences. Use plain words.",
    ),
    "teacher": Persona(
        "Teacher",
        "You are a friendly and patient teacher. "
        "Explain one thing at a time in two or three short sentences. Give a simple example.",
    ),
    "storyteller": Persona(
        "Storyteller",
        "You are a friendly and helpful voice assistant. "
        "You love to tell short stories. Use plain words.",
    ),
    OWN: Persona("None, only my own instructions", ""),
}
"""By the name that is stored; the first is what somebody gets who chooses nothing."""


def compose_instructions(persona: str, own: str) -> str:
    """Put together what the model is told: who it is, then the person's own words."""
    return " ".join(part for part in (PERSONAS[persona].instructions, own.strip()) if part)
