"""`python -m services.check`: can this server reach all that it is configured to use?"""

from __future__ import annotations

import logging
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from services.check.provider_check import Parts, ProviderCheck
from services.check.report import describe, is_good
from services.config import Config, read_environment
from services.errors import ConfigError
from services.providers.catalog import make_provider
from services.providers.engine_process import EngineProcess, engine_command, engine_environment
from services.speech.catalog import make_speech
from services.transcription.catalog import make_transcription
from services.upstream.engine_api import EngineApi
from services.upstream.engine_board import EngineBoard, EngineState

ROOT = Path(__file__).parents[2]
ENGINE_SECONDS = 120.0
"""For an engine to load its models."""


def main() -> int:
    """Check, and print each step as soon as it is done; 1 if any failed."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    environ = read_environment(ROOT)
    try:
        config = Config.from_env(environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    with ExitStack() as stack:
        if config.needs_engine and config.engine_url is None:
            config = stack.enter_context(_engine(config, environ))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return 0 if _check(config, folder) else 1


def _check(config: Config, folder: Path) -> bool:
    state = EngineState("ready", config.engine_url) if config.engine_url else EngineState("absent")
    engine = EngineApi(lambda: state, config.engine_api_key)
    provider = make_provider(config, engine)
    parts = Parts(
        provider,
        make_speech(config, engine, folder),
        make_transcription(config, engine),
        config.modes,
        config.connect_via,
    )
    print(f"Checking {provider.label}", flush=True)
    good = True
    for step in ProviderCheck(parts).steps():
        print(describe(step), flush=True)
        good = good and is_good(step)
    print("All is well." if good else "Something is in the way: see above.")
    return good


@contextmanager
def _engine(config: Config, environ: Mapping[str, str]) -> Iterator[Config]:
    """Run an engine of our own for as long as the `with`; gives the configuration that knows it."""
    key = config.engine_api_key or secrets.token_urlsafe(24)
    board, ready = EngineBoard(), threading.Event()
    quiet = {**environ, "LOG_LEVEL": "WARNING"}
    engine = EngineProcess(engine_command(), engine_environment(quiet, key), ROOT, board, ready.set)
    print("Starting the engine", flush=True)
    engine.start()
    try:
        ready.wait(ENGINE_SECONDS)
        yield replace(config, engine_url=board.read().url or None, engine_api_key=key)
    finally:
        engine.stop()


if __name__ == "__main__":
    sys.exit(main())
