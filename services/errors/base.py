"""What all failures have in common, and those that belong to nobody else."""

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

    retry_after: float | None = None
    """In so many seconds; None: nobody knows."""


class ConfigError(AssistantError):
    """The environment cannot be used; one line for each problem."""

    code = "bad-config"
    title = "Bad configuration"


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


class ServerStopping(AssistantError):
    """This process is about to end and takes no new work; another one does."""

    code = "server-stopping"
    status = 503
    title = "The server is restarting"
    retryable = True
    retry_after = 3.0
