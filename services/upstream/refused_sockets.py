"""Turns what a house says instead of opening a WebSocket, or on it, into failures of ours."""

from __future__ import annotations

import json

from services.errors import ProviderError
from services.upstream.houses import House
from services.upstream.http import Reply
from services.upstream.refusals import refusal

STATUS = {
    "invalid_api_key": 401,
    "model_not_found": 404,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "session_expired": 504,
}
"""What an error's code would be over HTTP.
Source: https://platform.openai.com/docs/guides/error-codes"""


def of_reply(reply: Reply, house: House) -> ProviderError:
    """Give the failure for an answer over HTTP that opens no WebSocket."""
    try:
        told = json.loads(reply.body)["error"]
    except (ValueError, TypeError, KeyError):
        told = None
    return _of(reply.status, told, house)


def of_event(error: object, house: House) -> ProviderError:
    """Give the failure for the `error` of an event, or of a reply that failed."""
    told = error if isinstance(error, dict) else {}
    usual = 400 if told.get("type") == "invalid_request_error" else 500
    return _of(STATUS.get(str(told.get("code")), usual), told, house)


def _of(status: int, told: object, house: House) -> ProviderError:
    said = told if isinstance(told, dict) else {}
    code, words, param = (str(said.get(name) or "") for name in ("code", "message", "param"))
    return refusal(house, status, code, words, param)
