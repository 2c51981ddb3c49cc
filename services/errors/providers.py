"""Whoever answers calls did not do what we asked."""

from __future__ import annotations

from services.errors.base import AssistantError


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
