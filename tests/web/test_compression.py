"""What is sent in fewer bytes, and what never is."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]
import pytest

from services.web.security import HEADERS
from tests.install import ROOT

FILE = "/static/js/errors.js"
CONTENT = (ROOT / "static" / "js" / "errors.js").read_bytes()
CHROMIUM = "gzip, deflate, br, zstd"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [(CHROMIUM, "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip"), ("", None)],
)
def test_a_file_comes_as_the_browser_can_read_it(ada, accepted, encoding):
    answer = ada.get(FILE, **{"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    assert UNPACK[encoding](answer.data) == CONTENT
    assert answer.content_length == len(answer.data)
    assert "Accept-Encoding" in answer.headers["Vary"]
    if encoding:
        assert len(answer.data) < len(CONTENT) / 2


@pytest.mark.parametrize("accepted", [CHROMIUM, "gzip", ""])
def test_each_encoding_is_revalidated_by_its_own_etag(ada, accepted):
    first = ada.get(FILE, **{"Accept-Encoding": accepted})
    again = ada.get(FILE, **{"Accept-Encoding": accepted, "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]
    assert again.headers["Cache-Control"] == "no-cache"


def test_no_two_encodings_share_an_etag(ada):
    etags = {ada.get(FILE, **{"Accept-Encoding": each}).headers["ETag"] for each in UNPACK if each}
    etags.add(ada.get(FILE).headers["ETag"])

    assert len(etags) == 3


def test_a_part_of_a_file_is_a_part_of_the_file(ada):
    part = ada.get(FILE, **{"Accept-Encoding": CHROMIUM, "Range": "bytes=0-999"})

    assert (part.status_code, part.data) == (206, CONTENT[:1000])
    assert "Content-Encoding" not in part.headers


@pytest.mark.parametrize("path", ["/", "/conversations", "/api/openapi.json"])
def test_pages_and_json_are_compressed(ada, path):
    packed = ada.get(path, **{"Accept-Encoding": CHROMIUM})

    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data)
    assert {"Accept-Encoding", "HX-Request"} <= set(packed.headers["Vary"].split(", "))


def test_an_answer_to_an_offer_is_never_compressed(ada):
    session = ada.mint()
    ada.client.environ_base["HTTP_ACCEPT_ENCODING"] = CHROMIUM

    answer = ada.offer(session)

    assert answer.content_type.startswith("application/sdp")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("kind", ["audio/wav", "audio/ogg", "text/event-stream", "text/plain"])
def test_a_stream_is_never_compressed_nor_held_back(app, kind):
    app.add_url_rule(
        "/stream", view_func=lambda: app.response_class(iter([b"x" * 999] * 9), mimetype=kind)
    )

    answer = app.test_client().get("/stream", headers={"Accept-Encoding": CHROMIUM})

    assert "Content-Encoding" not in answer.headers
    assert answer.is_streamed


def test_files_carry_few_headers(ada):
    headers = ada.get("/static/css/base.css", **{"Accept-Encoding": CHROMIUM}).headers

    assert set(HEADERS) & set(headers.keys()) == {
        "X-Content-Type-Options",
        "Cross-Origin-Resource-Policy",
    }
    assert sum(len(f"{name}: {value}\r\n") for name, value in headers.items()) < 400
