"""Turns the refusal of a house into a failure of ours, with advice that fits the house."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.errors import (
    ModelUnknown,
    ProviderBusy,
    ProviderError,
    ProviderForbidden,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
    QuotaUsed,
)
from services.upstream.houses import House
from services.upstream.http import nonsense

MODEL_CODES = ("model_not_found", "DeploymentNotFound", "OperationNotSupported")
"""The last is Azure's word for a deployment whose model is not made for this."""
QUOTA_CODES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
STATUS_OF_CODE = {
    "invalid_api_key": 401,
    "expired_api_key": 401,
    "model_not_found": 404,
    "rate_limit_exceeded": 429,
    "server_error": 500,
}
"""What an `error` event means that comes in place of a status."""
UNREADABLE = "unsupported_content_type"
"""The code of a body of a kind that is not read there, whatever the house calls it."""
SENTENCE_LENGTH = 500
"""Characters of a provider's sentence that are shown."""
SECRETS = re.compile(r"\b(?:ek_|sk-|sk_)[\w.*-]{4,}")
"""Keys as they occur in sentences of a provider."""

log = logging.getLogger(__name__)


def without_keys(text: str, house: House) -> str:
    """Take all keys out of a sentence that somebody else wrote."""
    for header in house.sign_in().values():
        text = text.replace(header.removeprefix("Bearer "), "…")
    return SECRETS.sub("…", text)


def refusal(
    house: House,
    status: int,
    code: str,
    words: str,
    param: str = "",
    retry_after: float | None = None,
) -> ProviderError:
    """Give the failure for a refusal, however it came.

    Args:
        house: who refused.
        status: of HTTP; 0: it came as an `error` event.
        code: the house's own.
        words: the house's own sentence, or "".
        param: the field that it names.
        retry_after: for how many seconds it asks us to wait.
    """
    status = status or STATUS_OF_CODE.get(code, 400)
    words = without_keys(words, house)[:SENTENCE_LENGTH]
    # A call that is hung up after it ended is not there any more: no news.
    level = logging.INFO if status == 404 else logging.WARNING
    log.log(level, "%s answered %d %s: %s", house.name, status, code, words or "without a word")
    label = house.label[:1].upper() + house.label[1:]
    if status == 401:
        return ProviderRefused(house.advice.key)
    if status == 403:
        return ProviderForbidden(house.advice.rights)
    if status == 404 or code in MODEL_CODES:
        return ModelUnknown(house.advice.model)
    if code in QUOTA_CODES:
        return QuotaUsed(
            f"The quota of this server at {house.label} is used up. The person who runs it can "
            "raise it there."
        )
    if status in (400, 409, 413, 415, 422):
        reason = UNREADABLE if status == 415 else code
        return ProviderRejected(words or f"{label} cannot do what was asked.", reason, param)
    if status in (429, 503):
        when = "in a minute" if retry_after is None else f"in {max(1, round(retry_after))} seconds"
        return ProviderBusy(f"{label} is asked too often. Try again {when}.", retry_after)
    if status in (408, 500, 502, 504):
        return ProviderUnavailable(f"{label} failed (status {status}). Try again in a moment.")
    return nonsense(f"{house.name}: status {status}")


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Give the seconds for which a server asks us to wait; None: it does not say.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; the one in milliseconds is
    OpenAI's and Azure's own.
    """
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except KeyError:
        return None
    except ValueError:
        return _seconds_until(headers.get("retry-after", ""))


def _seconds_until(moment: str) -> float | None:
    try:
        return max(0.0, (parsedate_to_datetime(moment) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
