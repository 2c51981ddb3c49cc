"""From a provider's own words on what was used to money. Pure.

Source: https://platform.openai.com/docs/api-reference/realtime-server-events/response/done
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.usage.prices import Price

MOST_TOKENS = 200_000
"""Of one kind in one reply; the longest context is 128,000. More is a mistake, or mischief.

Source: https://developers.openai.com/api/docs/models/gpt-realtime-2.1
"""
MOST_SECONDS = 7_200
"""Of one recording, likewise."""


@dataclass(frozen=True)
class Counts:
    """What was used. Tokens that the provider remembered are not among the others."""

    text_in: int = 0
    text_cached: int = 0
    text_out: int = 0
    audio_in: int = 0
    audio_cached: int = 0
    audio_out: int = 0
    image_in: int = 0
    image_cached: int = 0
    seconds: float = 0.0
    """Of sound that was written down or spoken."""
    characters: int = 0
    """Of text that was read aloud."""

    def named(self) -> dict[str, int | float]:
        """Give those that are not zero, to be stored."""
        return {name: count for name, count in asdict(self).items() if count}


def read_usage(usage: Mapping[str, object]) -> Counts | None:
    """Read the `usage` of a reply or of a transcription.

    Returns:
        None if it cannot be told what was used: a field is missing or makes no sense.
    """
    if usage.get("type") == "duration":
        seconds = usage.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return None
        return Counts(seconds=float(seconds)) if 0 <= seconds <= MOST_SECONDS else None
    if usage.get("input_tokens") == 0 == usage.get("output_tokens"):
        return Counts()  # cancelled before it began
    read = _read_input(usage.get("input_token_details"))
    # A transcription is text: there is nothing to tell apart.
    written = usage.get("output_token_details") or {"text_tokens": usage.get("output_tokens")}
    made = _tokens(written, ("text", "audio"))
    if read is None or made is None:
        return None
    known = sum(read.values()) + sum(made.values())
    total = usage.get("total_tokens")
    if isinstance(total, int) and known != total:
        return None  # something is among it that this version does not know
    return Counts(**read, text_out=made["text"], audio_out=made["audio"])


def cost_of(price: Price | None, counts: Counts) -> int | None:
    """Give millionths of a dollar; None: something of it has no price here.

    Dollars for a million tokens are millionths of a dollar for one.
    """
    if price is None:
        return None
    total = Decimal(0)
    for name, count in counts.named().items():
        per_one = _per_one(price, name)
        if per_one is None:
            return None
        total += per_one * Decimal(str(count))
    return int(total.to_integral_value(ROUND_HALF_UP))


def most_of(price: Price | None, usage: Mapping[str, object]) -> int:
    """Give the most that something may cost of which `read_usage` understands too little.

    Returns:
        Millionths of a dollar, as if all tokens were of the dearest kind; 0: it has no price here.
    """
    if price is None:
        return 0
    heard = _dearest(price.text_in, price.audio_in, price.image_in)
    made = _dearest(price.text_out, price.audio_out)
    total = heard * _total(usage, "input_tokens") + made * _total(usage, "output_tokens")
    return int(total.to_integral_value(ROUND_HALF_UP))


def _dearest(*prices: Decimal | None) -> Decimal:
    return max((price for price in prices if price is not None), default=Decimal(0))


def _total(usage: Mapping[str, object], name: str) -> int:
    count = usage.get(name)
    return min(max(count, 0), MOST_TOKENS) if isinstance(count, int) else 0


def _per_one(price: Price, name: str) -> Decimal | None:
    if name == "seconds":
        return None if price.minute is None else price.minute * 1_000_000 / 60
    if name == "characters":
        return price.million_characters
    found: Decimal | None = getattr(price, name)
    return found


def _read_input(details: object) -> dict[str, int] | None:
    """Take apart what was heard and read: what the provider remembered costs less."""
    kinds = ("text", "audio", "image")
    all_of = _tokens(details, kinds)
    if all_of is None or not isinstance(details, Mapping):
        return None
    remembered = details.get("cached_tokens") or 0
    cached = _tokens(details.get("cached_tokens_details") or {}, kinds)
    if cached is None or (sum(cached.values()) != remembered):
        return None
    if any(cached[kind] > all_of[kind] for kind in kinds):
        return None
    fresh = {f"{kind}_in": all_of[kind] - cached[kind] for kind in kinds}
    return fresh | {f"{kind}_cached": cached[kind] for kind in kinds}


def _tokens(details: object, kinds: tuple[str, ...]) -> dict[str, int] | None:
    if not isinstance(details, Mapping):
        return None
    found = {}
    for kind in kinds:
        count = details.get(f"{kind}_tokens") or 0
        if isinstance(count, bool) or not isinstance(count, int):
            return None
        if not 0 <= count <= MOST_TOKENS:
            return None
        found[kind] = count
    return found
