"""Counts for Prometheus, at `/metrics`: requests, failures, waiting times, calls going on.

No person, no word and no money is among them. Whoever reaches the port itself may read them;
whoever asks through a proxy, as anybody can on a platform, must know METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, current_app, g, request

from services.errors import NotFound, StorageUnavailable
from services.storage.insights import count_going_on
from services.storage.reports import Waits
from services.web import metric_files
from services.web.parts import parts
from services.web.security import was_forwarded

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds."""
WAIT_BUCKETS = (0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10)
"""Seconds: what people feel lies between a fifth of a second and three."""
UNKNOWN = "none"
"""The endpoint of requests for what is not there."""

blueprint = Blueprint("metrics", __name__)


class Metrics:
    """One for the process."""

    def __init__(self) -> None:
        """Begin at zero, or where other workers of this server are."""
        # Imported here: see metric_files.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._own = CollectorRegistry()
        self._requests = Counter(
            "vivavoce_requests", "Requests answered.", ("endpoint", "status"), registry=self._own
        )
        self._request_seconds = Histogram(
            "vivavoce_request_seconds",
            "From the last byte of the head of a request to the first of its answer.",
            ("endpoint",),
            buckets=REQUEST_BUCKETS,
            registry=self._own,
        )
        self._failures = Counter(
            "vivavoce_failures", "Failures that people met.", ("code",), registry=self._own
        )
        self._waits = Histogram(
            "vivavoce_wait_seconds",
            "How long people waited, as their pages measured it.",
            ("stage", "mode", "provider"),
            buckets=WAIT_BUCKETS,
            registry=self._own,
        )

    def count_request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(endpoint, str(status)).inc()
        self._request_seconds.labels(endpoint).observe(seconds)

    def count_failure(self, code: str) -> None:
        """Count a failure; its code is one of ours."""
        self._failures.labels(code).inc()

    def note_waits(self, waits: Waits, mode: str, provider: str) -> None:
        """Add what a page measured."""
        for name, milliseconds in vars(waits).items():
            if milliseconds is not None:
                stage = name.removesuffix("_ms")
                self._waits.labels(stage, mode, provider).observe(milliseconds / 1000)

    def counted(self) -> CollectorRegistry:
        """Give what was counted, by all workers of this server."""
        folder = metric_files.folder()
        if folder is None:
            return self._own
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, path=str(folder))  # type: ignore[no-untyped-call]
        return everybody


class GoingOn:
    """Calls that are going on, as the database knows them: the same at every server."""

    def collect(self) -> Iterator[Metric]:
        """Ask now; where the database does not answer, nothing is told."""
        from prometheus_client.core import GaugeMetricFamily

        calls = GaugeMetricFamily(
            "vivavoce_calls", "Calls going on.", labels=("mode", "transport", "provider")
        )
        try:
            with parts().database.read() as session:
                for labels, number in count_going_on(session):
                    calls.add_metric(labels, number)
        except StorageUnavailable:
            return
        yield calls


def init_app(app: Flask) -> None:
    """Count the requests of this program."""
    app.extensions["vivavoce-metrics"] = Metrics()
    app.before_request(_begin)
    app.after_request(_count)


def metrics() -> Metrics:
    """Give those of the program that answers this request."""
    found: Metrics = current_app.extensions["vivavoce-metrics"]
    return found


@blueprint.get("/metrics")
def tell() -> Response:
    """Tell everything, in the format that Prometheus reads.

    Raises:
        NotFound: a proxy asks for somebody who does not know the token.
    """
    if was_forwarded() and not _knows_token():
        raise NotFound("Through a proxy this takes `Authorization: Bearer` and METRICS_TOKEN.")
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    going_on = CollectorRegistry()
    going_on.register(GoingOn())
    text = generate_latest(metrics().counted()) + generate_latest(going_on)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _knows_token() -> bool:
    token = parts().config.metrics_token
    shown = request.headers.get("Authorization", "")
    return token is not None and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _begin() -> None:
    g.counted_from = time.perf_counter()


def _count(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("counted_from", time.perf_counter())
    metrics().count_request(request.endpoint or UNKNOWN, response.status_code, seconds)
    return response
