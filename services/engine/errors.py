"""The engine's failures, in the words of the Realtime API.

EngineError ─┬ ProtocolError     a client event or a request is wrong; it is answered, no more
             ├ KeyRefused 401    the bearer is missing, foreign or expired
             ├ NotFound 404      no such call or model
             ├ BodyTooLarge 413  UnsupportedBody 415
             ├ NotReady 503      the models are still being loaded
             └ LinesBusy 503     as many calls as the engine takes are open
"""

from __future__ import annotations


class EngineError(Exception):
    """A failure that its causer is told about."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_value"

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        """Say what happened and what to do; `param` is the path of the field at fault."""
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.param = param

    def to_wire(self) -> dict[str, object]:
        """The `error` object of HTTP answers and of `error` events."""
        return {
            "type": self.type,
            "code": self.code,
            "message": self.message,
            "param": self.param,
        }


class ProtocolError(EngineError):
    """A client event or a request body cannot be used."""


class BodyTooLarge(EngineError):
    """A request body is longer than its route allows."""

    status = 413
    code = "request_too_large"


class UnsupportedBody(EngineError):
    """A request body has a content type that its route does not read."""

    status = 415
    code = "unsupported_content_type"


class KeyRefused(EngineError):
    """The bearer is missing, foreign or expired."""

    status = 401
    code = "invalid_api_key"


class NotFound(EngineError):
    """No such call or model."""

    status = 404
    code = "not_found"


class LinesBusy(EngineError):
    """As many calls as the engine takes are open."""

    status = 503
    type = "server_error"
    code = "lines_busy"


class NotReady(EngineError):
    """The models are still being loaded."""

    status = 503
    type = "server_error"
    code = "engine_loading"
