"""A visitor without a browser, who asks again and again."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


class Client:
    """One kept connection of one visitor."""

    def __init__(self, url: str) -> None:
        """Connect, and fetch the user cookie."""
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"Origin": url, "Content-Type": "application/json"}
        self._connection.request("GET", "/")
        answer = self._connection.getresponse()
        answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
        self._headers["Cookie"] = "; ".join(cookie.split(";")[0] for cookie in cookies)

    def ask(self, method: str, path: str) -> bytes:
        """Ask with an empty object, and give the body of the answer."""
        self._connection.request(method, path, "{}", self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status in (200, 201), body
        return body

    def rest(self) -> None:
        """Close the connection, as no server keeps it for long; the next question opens it."""
        self._connection.close()
