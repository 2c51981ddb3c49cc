"""The tree of failures. Every answer that is not a success comes from here.

    AssistantError ─┬ ConfigError                     at start-up only: one line each, exit 1
                    ├ RequestError ─┬ MalformedBody 400 · NoUser 401 · SignInNeeded 401
                    │               ├ SignInRefused 403 · OriginRefused 403 · ApprovalNeeded 403
                    │               ├ NotFound 404 · SpeechOff 404 · BodyTimeout 408
                    │               ├ WrongType 415 · HostRefused 421 · InvalidField 422
                    │               └ TooOften 429 · ListenerLeft 499 · IssuerUnavailable 503
                    ├ CallError ────┬ KeyRefused 401 · AlreadyConnected 409 · CallEnded 410
                    │               ├ DailyMinutesUsed 429 · TooManyCalls 429
                    │               └ TooManyMints 429 · BudgetUsed 429
                    ├ ProviderError ┬ ProviderRejected 422 · OfferRejected 400 · ProviderRefused 502
                    │               ├ ProviderForbidden 502 · ModelUnknown 502 · ProviderEnded 502
                    │               ├ ProviderProtocolError 502 · ProviderBusy 503 · QuotaUsed 503
                    │               └ ProviderUnavailable 503 ── EngineStarting 503
                    ├ ToolFailed                      never leaves as an answer: the model is told
                    └ ServerStopping 503 · StorageUnavailable 503

The message of an error is read by the person: what happened, what to do. What only the operator
should know goes to the log.
"""

from __future__ import annotations

from services.errors.base import (
    AssistantError,
    ConfigError,
    ServerStopping,
    StorageUnavailable,
    ToolFailed,
)
from services.errors.calls import (
    AlreadyConnected,
    BudgetUsed,
    CallEnded,
    CallError,
    DailyMinutesUsed,
    KeyRefused,
    TooManyCalls,
    TooManyMints,
)
from services.errors.providers import (
    EngineStarting,
    ModelUnknown,
    OfferRejected,
    ProviderBusy,
    ProviderEnded,
    ProviderError,
    ProviderForbidden,
    ProviderProtocolError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
    QuotaUsed,
)
from services.errors.requests import (
    ApprovalNeeded,
    BodyTimeout,
    HostRefused,
    InvalidField,
    IssuerUnavailable,
    ListenerLeft,
    MalformedBody,
    NotFound,
    NoUser,
    OriginRefused,
    RequestError,
    SignInNeeded,
    SignInRefused,
    SpeechOff,
    TooOften,
    WrongType,
)

__all__ = [
    "BudgetUsed",
    "TooManyCalls",
    "TooManyMints",
    "AlreadyConnected",
    "ApprovalNeeded",
    "AssistantError",
    "BodyTimeout",
    "CallEnded",
    "CallError",
    "ConfigError",
    "DailyMinutesUsed",
    "EngineStarting",
    "HostRefused",
    "InvalidField",
    "IssuerUnavailable",
    "KeyRefused",
    "ListenerLeft",
    "MalformedBody",
    "ModelUnknown",
    "NoUser",
    "NotFound",
    "OfferRejected",
    "OriginRefused",
    "ProviderBusy",
    "ProviderEnded",
    "ProviderError",
    "ProviderForbidden",
    "ProviderProtocolError",
    "ProviderRefused",
    "ProviderRejected",
    "ProviderUnavailable",
    "QuotaUsed",
    "RequestError",
    "ServerStopping",
    "SignInNeeded",
    "SignInRefused",
    "SpeechOff",
    "StorageUnavailable",
    "TooOften",
    "ToolFailed",
    "WrongType",
]
