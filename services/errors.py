"""The tree of failures. Every answer that is not a success comes from here.

    AssistantError ─┬ ConfigError                     at start-up only: one line each, exit 1
                    ├ RequestError ─┬ MalformedBody 400 · NoUser 401 · OriginRefused 403
                    │               ├ ApprovalNeeded 403 · NotFound 404 · SpeechOff 404
                    │               ├ BodyTimeout 408 · WrongType 415 · HostRefused 421
                    │               └ InvalidField 422 · ListenerLeft 499
                    ├ CallError ────┬ KeyRefused 401 · AlreadyConnected 409 · CallEnded 410
                    │               └ DailyMinutesUsed 429
                    ├ ProviderError ┬ ProviderRejected 422 · OfferRejected 400 · ProviderRefused 502
                    │               ├ ProviderForbidden 502 · ModelUnknown 502 · ProviderEnded 502
                    │               ├ ProviderProtocolError 502 · ProviderBusy 503 · QuotaUsed 503
                    │               └ ProviderUnavailable 503 ── EngineStarting 503
                    ├ ToolFailed                      never leaves as an answer: the model is told
                    └ StorageUnavailable 503

The message of an error is read by the person: what happened, what to do. What only the operator
should know goes to the log.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """A failure that has a name; the message tells the person what to do."""

    code: ClassVar[str] = "internal-error"
    """Stable name in kebab-case, for programs."""
    status: ClassVar[int] = 500
    """HTTP status."""
    title: ClassVar[str] = "Something went wrong"
    """The same for every error of this kind."""
    retryable: ClassVar[bool] = False
    """The same request may succeed a moment later."""


class ConfigError(AssistantError):
    """The environment cannot be used; one line for each problem."""

    code = "bad-config"
    title = "Bad configuration"


class RequestError(AssistantError):
    """What was asked cannot be done as it was asked."""

    code = "bad-request"
    status = 400
    title = "Bad request"


class MalformedBody(RequestError):
    """The body cannot be read at all."""

    code = "malformed-body"
    title = "The body cannot be read"


class NoUser(RequestError):
    """The signed user cookie is missing."""

    code = "no-user"
    status = 401
    title = "Unknown user"


class OriginRefused(RequestError):
    """Not sent by our own page."""

    code = "origin-refused"
    status = 403
    title = "Sent from another site"


class NotFound(RequestError):
    """There is no such thing, or it is somebody else's."""

    code = "not-found"
    status = 404
    title = "Not found"


class BodyTimeout(RequestError):
    """The body did not arrive in time."""

    code = "request-timeout"
    status = 408
    title = "The request took too long"
    retryable = True


class WrongType(RequestError):
    """The body has another content type than the route reads."""

    code = "unsupported-media-type"
    status = 415
    title = "Unsupported content type"


class ApprovalNeeded(RequestError):
    """A tool that the person has to allow was called without that."""

    code = "approval-needed"
    status = 403
    title = "The person has to allow this"


class HostRefused(RequestError):
    """Asked under a name that is not served."""

    code = "host-refused"
    status = 421
    title = "Not served under this name"


class InvalidField(RequestError):
    """One value of the body cannot be used."""

    code = "invalid-field"
    status = 422
    title = "A value cannot be used"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class ListenerLeft(RequestError):
    """Whoever asked has closed the connection; nobody reads this. The status is nginx's."""

    code = "listener-left"
    status = 499
    title = "Nobody waits any more"


class SpeechOff(RequestError):
    """This server does not read aloud; the browser's own voice can."""

    code = "speech-off"
    status = 404
    title = "This server has no voice"


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


class ProviderError(AssistantError):
    """Whoever answers calls did not do what we asked."""


class ProviderRejected(ProviderError):
    """The provider cannot use what the person asked for; the message is its own sentence."""

    code = "provider-rejected"
    status = 422
    title = "The provider rejected the request"

    def __init__(self, message: str, reason: str = "", param: str = "") -> None:
        """Pass the sentence on, with the provider's own code and the field it names, if any."""
        super().__init__(message)
        self.reason = reason
        self.param = param


class OfferRejected(ProviderError):
    """The provider could not read or accept the SDP offer."""

    code = "offer-rejected"
    status = 400
    title = "The offer was rejected"


class ProviderRefused(ProviderError):
    """The server's own key was not accepted."""

    code = "provider-refused"
    status = 502
    title = "The server's key was refused"


class ProviderForbidden(ProviderError):
    """The key is good, but may not do this: its role, its project or the region is in the way."""

    code = "provider-forbidden"
    status = 502
    title = "The server's key may not do this"


class ModelUnknown(ProviderError):
    """The model or deployment that the operator named is not there."""

    code = "model-unknown"
    status = 502
    title = "The model is not there"


class ProviderProtocolError(ProviderError):
    """The provider's answer makes no sense."""

    code = "provider-protocol-error"
    status = 502
    title = "The provider answered nonsense"
    retryable = True


class ProviderBusy(ProviderError):
    """All lines are busy, or we ask too often."""

    code = "provider-busy"
    status = 503
    title = "All lines are busy"
    retryable = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaUsed(ProviderError):
    """The provider's quota for this server is used up; waiting does not help."""

    code = "quota-used"
    status = 503
    title = "The quota is used up"


class ProviderEnded(ProviderError):
    """The provider closed the connection of a call that went well."""

    code = "provider-ended"
    status = 502
    title = "The provider ended the call"
    retryable = True


class ProviderUnavailable(ProviderError):
    """No answer in time."""

    code = "provider-unavailable"
    status = 503
    title = "The provider does not answer"
    retryable = True


class EngineStarting(ProviderUnavailable):
    """The engine is being started or loads its models."""

    code = "engine-starting"
    title = "The engine is starting"


class ToolFailed(AssistantError):
    """What the model wanted done did not come about; the message is for the model."""

    code = "tool-failed"
    title = "The tool failed"


class StorageUnavailable(AssistantError):
    """The database cannot be read or written now."""

    code = "storage-unavailable"
    status = 503
    title = "The database does not answer"
    retryable = True
