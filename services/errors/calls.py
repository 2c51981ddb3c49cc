"""A call cannot go on as asked."""

from __future__ import annotations

from services.errors.base import AssistantError


class CallError(AssistantError):
    """A call cannot go on as asked."""


class KeyRefused(CallError):
    """The short-lived key is missing, expired, or another call's; a new one may be minted."""

    code = "key-refused"
    status = 401
    title = "The call's key was refused"


class AlreadyConnected(CallError):
    """A call takes one offer."""

    code = "call-already-connected"
    status = 409
    title = "The call is already connected"


class CallEnded(CallError):
    """The call is over."""

    code = "call-ended"
    status = 410
    title = "The call has ended"


class DailyMinutesUsed(CallError):
    """No minutes are left today."""

    code = "daily-minutes-used"
    status = 429
    title = "No minutes left today"


class TooManyCalls(CallError):
    """So many calls at once are not allowed to one person."""

    code = "too-many-calls"
    status = 429
    title = "Too many calls at once"


class TooManyMints(CallError):
    """Calls were asked for too often within a minute."""

    code = "too-many-mints"
    status = 429
    title = "Too many calls in a minute"
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BudgetUsed(CallError):
    """The money that this server may spend in a day is used up."""

    code = "budget-used"
    status = 429
    title = "Nothing left to spend today"
