"""What models cost, with source and date of each price. Pure.

Prices change: whoever lets this server spend money compares them with the pages named here. A
model that is not in the table has no price. Nobody is told that it costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""Ends the name of a snapshot, which costs what its model costs."""
PRICING = "https://developers.openai.com/api/docs/pricing"
MODELS = "https://developers.openai.com/api/docs/models/"
ELEVENLABS = "https://elevenlabs.io/pricing/api"
SEEN = date(2026, 11, 21)


@dataclass(frozen=True)
class Price:
    """Dollars. None: this is not sold, or its price is not known."""

    source: str
    """Page that names the price."""
    seen: date
    """When it was read there."""
    text_in: Decimal | None = None
    """For a million tokens, as the next seven."""
    text_cached: Decimal | None = None
    text_out: Decimal | None = None
    audio_in: Decimal | None = None
    audio_cached: Decimal | None = None
    audio_out: Decimal | None = None
    image_in: Decimal | None = None
    image_cached: Decimal | None = None
    minute: Decimal | None = None
    """For a minute of sound."""
    million_characters: Decimal | None = None
    """Of text that is read aloud."""


def _tokens(
    model: str, text: tuple[str, str, str], audio: tuple[str, str, str], image: tuple[str, str]
) -> Price:
    """Make the price of a model that hears, reads, sees, writes and speaks: in, cached, out."""
    return Price(
        MODELS + model,
        SEEN,
        *(Decimal(each) for each in (*text, *audio, *image)),
    )


def _written_down(model: str, heard: str, written: str, minute: str) -> Price:
    """Make the price of a model that writes down what is said."""
    return Price(
        f"{MODELS}{model}",
        SEEN,
        text_in=Decimal(heard),
        audio_in=Decimal(heard),
        text_out=Decimal(written),
        minute=Decimal(minute),
    )


FULL = (("4", "0.40", "24"), ("32", "0.40", "64"), ("5", "0.50"))
FULL_BEFORE = (("4", "0.40", "16"), ("32", "0.40", "64"), ("5", "0.50"))
MINI = (("0.60", "0.06", "2.40"), ("10", "0.30", "20"), ("0.80", "0.08"))

PRICES = {
    "gpt-realtime-2.1": _tokens("gpt-realtime-2.1", *FULL),
    "gpt-realtime-2": _tokens("gpt-realtime-2", *FULL),
    "gpt-realtime-2.1-mini": _tokens("gpt-realtime-2.1-mini", *MINI),
    "gpt-realtime-1.5": _tokens("gpt-realtime-1.5", *FULL_BEFORE),
    "gpt-realtime": _tokens("gpt-realtime", *FULL_BEFORE),
    "gpt-realtime-mini": _tokens("gpt-realtime-mini", *MINI),
    "gpt-transcribe": Price(PRICING, SEEN, minute=Decimal("0.0045")),
    "gpt-live-transcribe": Price(PRICING, SEEN, minute=Decimal("0.017")),
    "gpt-realtime-whisper": Price(PRICING, SEEN, minute=Decimal("0.017")),
    "whisper-1": Price(PRICING, SEEN, minute=Decimal("0.006")),
    # Sold by tokens in a call, which tells them, and by minutes otherwise, where nobody does.
    "gpt-4o-transcribe": _written_down("gpt-4o-transcribe", "2.50", "10", "0.006"),
    "gpt-4o-mini-transcribe": _written_down("gpt-4o-mini-transcribe", "1.25", "5", "0.003"),
    "tts-1": Price(PRICING, SEEN, million_characters=Decimal("15")),
    "tts-1-hd": Price(PRICING, SEEN, million_characters=Decimal("30")),
    # Sold by tokens that a streamed answer does not tell; the maker names this for a minute.
    "gpt-4o-mini-tts": Price(PRICING, SEEN, minute=Decimal("0.015")),
    "eleven_flash_v2_5": Price(ELEVENLABS, date(2026, 5, 5), million_characters=Decimal("50")),
    "eleven_multilingual_v2": Price(
        ELEVENLABS, date(2026, 5, 19), million_characters=Decimal("100")
    ),
}

FREE = Price(
    "it runs on a machine of one's own",
    SEEN,
    **dict.fromkeys(
        ("text_in", "text_cached", "text_out", "audio_in", "audio_cached", "audio_out"), Decimal(0)
    ),
    image_in=Decimal(0),
    image_cached=Decimal(0),
    minute=Decimal(0),
    million_characters=Decimal(0),
)


def price_of(provider: str, model: str) -> Price | None:
    """Give the price of a model; None: nobody has written it down here.

    Args:
        provider: the engine costs nothing, whatever its models are called.
        model: its name, also with the date of a snapshot at the end.
    """
    if provider == "engine":
        return FREE
    return PRICES.get(model) or PRICES.get(DATED.sub("", model))
