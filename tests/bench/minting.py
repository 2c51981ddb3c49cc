"""mint_overhead_ms, mint_per_second: what the web program adds to an instant provider."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.bench.figures import percentiles
from tests.bench.visiting import Client
from tests.running import RunningApp

ONE_BY_ONE = 200
CLIENTS = 4
EACH = 150
SESSION = "/api/realtime/session"


def measure_mint(folder: Path) -> dict[str, object]:
    """Mint keys one by one, then from several clients at once."""
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), InstantProvider)
    thread = threading.Thread(target=upstream.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{upstream.server_address[1]}"
        with RunningApp(folder, ENGINE_URL=url) as app:
            direct, minted = Client(url), Client(app.url)
            overhead = median_ms(lambda: minted.ask("POST", SESSION)) - median_ms(
                lambda: direct.ask("POST", "/v1/realtime/client_secrets")
            )
            return {
                "mint_overhead_ms": round(overhead, 2),
                "mint_per_second": round(mints_per_second(app.url)),
            }
    finally:
        upstream.shutdown()
        upstream.server_close()
        thread.join()


def median_ms(action: Callable[[], object]) -> float:
    """Median time of an action."""
    times = []
    for _ in range(ONE_BY_ONE):
        begun = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - begun))
    return percentiles(times)["p50"]


def mints_per_second(url: str) -> float:
    """Throughput with CLIENTS connections."""
    clients = [Client(url) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda client: [client.ask("POST", SESSION) for _ in range(EACH)], clients))
    return CLIENTS * EACH / (time.perf_counter() - begun)


class InstantProvider(BaseHTTPRequestHandler):
    """Answers at once as a Realtime provider does."""

    protocol_version = "HTTP/1.1"
    # One packet for each answer: two would wait for one another by 40 ms.
    wbufsize = -1

    def do_GET(self) -> None:
        """Tell that it is there, and which model and voice it has."""
        models = {"object": "list", "data": [{"id": "instant", "object": "model"}]}
        self._answer({"status": "ok", "voices": ["instant"], **models})

    def do_POST(self) -> None:
        """Mint a key."""
        self.rfile.read(int(self.headers["Content-Length"]))
        session = {"type": "realtime", "object": "realtime.session", "id": "sess_1"}
        expires_at = int(time.time()) + 600
        self._answer({"value": "ek_instant", "expires_at": expires_at, "session": session})

    def _answer(self, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
