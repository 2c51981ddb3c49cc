"""What was asked cannot be done as it was asked."""

from __future__ import annotations

from services.errors.base import AssistantError


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


class SignInNeeded(RequestError):
    """Only people who have signed in are served here, and whoever asks has not."""

    code = "sign-in-needed"
    status = 401
    title = "Sign in first"


class SignInRefused(RequestError):
    """What was shown does not prove that somebody may come in."""

    code = "sign-in-refused"
    status = 403
    title = "You could not be signed in"


class IssuerUnavailable(RequestError):
    """The service that knows who people are does not answer, or answers nonsense."""

    code = "issuer-unavailable"
    status = 503
    title = "Signing in does not work now"
    retryable = True


class TooOften(RequestError):
    """The same address asked more often than a route allows."""

    code = "too-many-requests"
    status = 429
    title = "That was too often"
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


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
