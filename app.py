"""Vivavoce: `python app.py` serves the web program and runs the engine beside it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from services.config import Config, read_environment
from services.errors import ConfigError
from services.web.factory import ROOT, create_app
from services.web.run import run

__all__ = ["create_app"]


def main() -> int:
    """Start everything; Ctrl-C ends everything."""
    options = _parse_options()
    environ = read_environment(ROOT)
    environ |= {"HOST": options.host} if options.host else {}
    environ |= {"PORT": options.port} if options.port else {}
    try:
        run(Config.from_env(environ), environ, options.scripted)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", help="address to listen on (default: HOST, else 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (default: PORT, else 8000)")
    parser.add_argument(
        "--scripted",
        type=Path,
        metavar="FILE",
        help="let the engine follow this script instead of using models, for tests and demos",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
