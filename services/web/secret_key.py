"""The key that signs cookies, where the operator has set none: a file beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from services.errors import ConfigError

KEY_BYTES = 32


def key_beside(database: Path | None) -> str:
    """Read the key file beside the database, or make it, readable by its owner only.

    Raises:
        ConfigError: it can be neither read nor made.
    """
    if database is None:
        raise ConfigError("SECRET_KEY: must be set when DATABASE_URL is not SQLite")
    file = database.with_name("secret_key")
    try:
        if not file.exists():
            _create(file)
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigError(f"SECRET_KEY: cannot keep one in {file}: {error.strerror}") from error


def _create(file: Path) -> None:
    """Write a new key; of several processes that do so at once, one wins."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
