"""Starts the engine: `python -m services.engine [--host H] [--port N] [--scripted FILE]`.

With `models` as argument it fetches the model files and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import logging
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from services.engine.backends.catalog import load_stages
from services.engine.backends.scripted import load_script
from services.engine.config import EngineConfig, EngineConfigError
from services.engine.http import RUNNING
from services.engine.models import fetch_all
from services.engine.server import create_server
from services.engine.stages import StageError, Stages

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.001
"""A thread in Python hands over after this long; with the default of 5 ms the loop, which sends a
packet every 20 ms, would wait too often for a thread that computes a spectrogram."""


def main() -> int:
    """Run until a signal, or until the parent's end of the pipe is closed with `--announce`."""
    arguments = _arguments()
    try:
        config = EngineConfig.from_env(os.environ)
        logging.basicConfig(
            level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        logging.getLogger("aioice").setLevel(logging.WARNING)  # a line for every candidate pair
        if arguments.command == "models":
            fetch_all(config)
            return 0
        if not config.api_key and not _is_loopback(arguments.host):
            raise EngineConfigError(
                f"Listening on {arguments.host} needs a key: set ENGINE_API_KEY, "
                "or listen on 127.0.0.1."
            )
        asyncio.run(_serve(config, arguments))
    except (EngineConfigError, StageError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.engine", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["models"], help="fetch the models and end")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8010, help="0: any free one")
    parser.add_argument("--scripted", type=Path, help="follow a script in place of models")
    parser.add_argument(
        "--announce",
        action="store_true",
        help="print the address, and end when standard input is closed",
    )
    return parser.parse_args()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(config: EngineConfig, arguments: argparse.Namespace) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    stop = asyncio.Event()
    _stop_on_signals(stop)
    if arguments.announce:
        _stop_with_parent(stop)
    # handler_cancellation: speech that nobody listens to any more is not made.
    runner = web.AppRunner(create_server(config), access_log=None, handler_cancellation=True)
    await runner.setup()
    loading = asyncio.create_task(_load(config, arguments.scripted), name="load")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        site = web.TCPSite(runner, arguments.host, arguments.port)
        await site.start()
        address = f"http://{arguments.host}:{runner.addresses[0][1]}"
        _say(arguments, "listening", address)
        await asyncio.wait([loading, stopping], return_when=asyncio.FIRST_COMPLETED)
        if loading.done():
            runner.app[RUNNING].begin(loading.result())
            _say(arguments, "ready", address)
            await stop.wait()
    finally:
        loading.cancel()
        stopping.cancel()
        await runner.cleanup()


async def _load(config: EngineConfig, script: Path | None) -> Stages:
    return load_script(script) if script else await load_stages(config)


def _say(arguments: argparse.Namespace, word: str, address: str) -> None:
    log.info("%s at %s", word, address)
    if arguments.announce:
        print(word, address, flush=True)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


def _stop_with_parent(stop: asyncio.Event) -> None:
    """End when the parent has: its end of our standard input is closed, however it died."""
    descriptor = sys.stdin.fileno()

    def read() -> None:
        if not os.read(descriptor, 1024):
            asyncio.get_running_loop().remove_reader(descriptor)
            stop.set()

    asyncio.get_running_loop().add_reader(descriptor, read)


if __name__ == "__main__":
    sys.exit(main())
