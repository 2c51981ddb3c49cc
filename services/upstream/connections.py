"""The pool of connections to upstreams: kept alive, without proxies, redirects or retries."""

from __future__ import annotations

import select
import ssl
from functools import cache
from typing import Any

import httpcore2
import httpx2

from services.upstream.waiting import current_wait

CONNECT_SECONDS = 2.0
MOST = 320
"""Connections at once; more than a worker has threads."""
IDLE_SECONDS = 30.0
"""How long a connection is kept for the next request; servers keep theirs for 60 s and more."""


def make_client(seconds: float) -> httpx2.Client:
    """Make a client that waits this long for each read and write, and no longer than `waiting`."""
    return httpx2.Client(
        transport=_Transport(),
        timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        # A proxy of the environment must not see keys meant for the provider.
        trust_env=False,
    )


def connect(host: str, port: int, *, is_secure: bool) -> httpcore2.NetworkStream:
    """Open a connection outside of the pool; as those within it, it obeys `waiting`.

    Raises:
        httpcore2.ConnectError, httpcore2.ConnectTimeout: there is none.
    """
    connection = _Network().connect_tcp(host, port, timeout=CONNECT_SECONDS)
    if not is_secure:
        return connection
    try:
        return connection.start_tls(_tls(), server_hostname=host, timeout=CONNECT_SECONDS)
    except BaseException:
        connection.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    """The rules of TLS, for all pools: reading the certificates of authorities takes long."""
    return httpx2.create_ssl_context(trust_env=False)


class _Transport(httpx2.HTTPTransport):
    def __init__(self) -> None:
        # Instead of the base class's, which would make a pool that opens connections by itself.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(),
            max_connections=MOST,
            max_keepalive_connections=MOST,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Network(),
        )


class _Network(httpcore2.SyncBackend):
    def connect_tcp(self, *wanted: Any, **more: Any) -> httpcore2.NetworkStream:
        return _Connection(super().connect_tcp(*wanted, **more))


class _Connection(httpcore2.NetworkStream):
    """One connection; `waiting` decides when a read or a write is given up."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        tls: ssl.SSLObject | None = self._inner.get_extra_info("ssl_object")
        if tls is None or not tls.pending():
            timeout = self._wait(select.POLLIN, timeout)
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._wait(select.POLLOUT, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _Connection(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _wait(self, event: int, timeout: float | None) -> float | None:
        wait = current_wait()
        if wait is None:
            return timeout
        left = wait.until(self._inner.get_extra_info("socket").fileno(), event)
        return left if timeout is None else min(left, timeout)
