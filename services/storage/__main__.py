"""`python -m services.storage` applies the migrations: the release step on a platform."""

from __future__ import annotations

import sys
from pathlib import Path

from services.config import Config, read_environment
from services.errors import ConfigError
from services.storage.database import Database
from services.storage.migrate import migrate

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Migrate and say what went wrong, if anything did."""
    try:
        migrate(Database(Config.from_env(read_environment(ROOT)).database_url, ROOT))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
