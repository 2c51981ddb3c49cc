"""Reads what providers answer, also where they deviate from OpenAI. Pure.

Older servers wrap the key as `client_secret`, some answer an offer with JSON in place of SDP, some
name no call. Content types are not trusted: errors and answers come with wrong ones.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from services.errors import ProviderProtocolError
from services.providers.base import Answer, Secret

CALL_ID_LENGTH = 256
"""Characters of a call id that are kept; real ones have about 30."""


def read_secret(body: bytes, usual_seconds: float) -> Secret:
    """Read a minted key.

    Args:
        body: of the answer.
        usual_seconds: how long a key lives whose end the server does not tell.

    Raises:
        ProviderProtocolError: there is none in it.
    """
    minted = _read_object(body)
    wrapped = minted.get("client_secret")
    key = minted if "value" in minted or not isinstance(wrapped, dict) else wrapped
    value, expires_at = key.get("value"), key.get("expires_at")
    if not isinstance(value, str) or not value:
        raise ProviderProtocolError("The voice service gave no usable key. Try again.")
    session = minted.get("session")
    return Secret(
        value, _expiry(expires_at, usual_seconds), session if isinstance(session, dict) else {}
    )


def read_answer(body: bytes, location: str | None) -> Answer:
    """Read the answer to an offer.

    Raises:
        ProviderProtocolError: it has no SDP.
    """
    sdp = body.decode("utf-8", "replace")
    if sdp.lstrip().startswith("{"):
        wrapped = _read_object(body).get("sdp")
        sdp = wrapped if isinstance(wrapped, str) else ""
    if not sdp.startswith("v=0"):
        raise ProviderProtocolError("The voice service did not answer the offer. Try again.")
    last = urlsplit(location or "").path.rstrip("/").rpartition("/")[2]
    return Answer(sdp, last[:CALL_ID_LENGTH] or None)


def read_models(body: bytes) -> dict[str, date | None]:
    """Read a list of models, with the day on which each ends where that is told.

    OpenAI writes the day as `shutdown_date`, Azure a time in seconds as `deprecation.inference`.

    Raises:
        ProviderProtocolError: it is no list.
    """
    listing = _read_object(body)
    entries = listing.get("data", listing.get("models"))
    if not isinstance(entries, list):
        raise ProviderProtocolError("The voice service gave no list of models.")
    return {
        str(entry["id"]): _last_day(entry)
        for entry in entries
        if isinstance(entry, dict) and "id" in entry
    }


def _last_day(entry: dict[str, object]) -> date | None:
    told = entry.get("shutdown_date")
    deprecation = entry.get("deprecation")
    if told is None and isinstance(deprecation, dict):
        told = deprecation.get("inference")
    try:
        if isinstance(told, int | float):
            return datetime.fromtimestamp(told, UTC).date()
        return date.fromisoformat(told[:10]) if isinstance(told, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _expiry(expires_at: object, usual_seconds: float) -> datetime:
    if expires_at is None:
        return datetime.now(UTC) + timedelta(seconds=usual_seconds)
    try:
        return datetime.fromtimestamp(float(str(expires_at)), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ProviderProtocolError("The voice service gave a key without an end.") from error


def _read_object(body: bytes) -> dict[str, object]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise ProviderProtocolError(
            "The voice service gave an answer that cannot be understood. Try again in a moment."
        )
    return parsed
