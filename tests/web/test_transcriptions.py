"""The route that writes down what was said, with a stand-in engine."""

from __future__ import annotations

import pytest

from tests.providers.stand_in_audio import wav
from tests.web.visitor import problem_of

ROUTE = "/api/realtime/transcriptions"


def send(visitor, sound=None, kind="audio/wav", query=""):
    body = wav() if sound is None else sound
    return visitor.post(ROUTE + query, data=body, headers={"Content-Type": kind})


def upload(visitor, sound=None, name="a.wav", kind="audio/wav", field="file"):
    # By hand: werkzeug's test client leaves large forms open on disk.
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"'
    head += f'; filename="{name}"' if name else ""
    head += f"\r\nContent-Type: {kind}\r\n\r\n"
    body = head.encode() + (wav() if sound is None else sound) + b"\r\n--x--\r\n"
    return send(visitor, body, "multipart/form-data; boundary=x")


def test_sound_becomes_words(ada, engine):
    answer = send(ada)

    assert answer.status_code == 200
    assert answer.get_json() == {"text": "What time is it?", "language": "en", "seconds": 1.5}
    assert engine.audio.uploads[0]["file"] == wav()


@pytest.mark.parametrize(
    "kind",
    ["audio/wav", "audio/x-wav", "audio/webm;codecs=opus", "audio/ogg; codecs=opus", "audio/mp4"],
)
def test_what_browsers_record_is_taken(ada, engine, kind):
    assert send(ada, b"sound", kind).status_code == 200
    assert upload(ada, b"sound", "blob", kind).status_code == 200
    assert [form["file"] for form in engine.audio.uploads] == [b"sound", b"sound"]


def test_a_program_that_does_not_know_its_file_names_it(ada):
    assert upload(ada, name="a.OGG", kind="application/octet-stream").status_code == 200
    answer = upload(ada, name="a.txt", kind="application/octet-stream")
    problem_of(answer, 415, "unsupported-media-type")


def test_the_language_is_passed_on(ada, engine):
    send(ada, query="?language=de-CH")
    ada.post("/settings", {"language": "fr"})
    send(ada)

    assert [form["language"] for form in engine.audio.uploads] == [b"de", b"fr"]


def test_silence_has_no_words(ada, engine):
    engine.audio.text = ""

    assert send(ada).get_json()["text"] == ""


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "audio/midi", "", "image/png"])
def test_other_types_are_refused(ada, kind):
    problem_of(send(ada, b"x", kind), 415, "unsupported-media-type")


def test_a_file_without_sound_is_refused(ada):
    problem_of(send(ada, b""), 422, "invalid-field")
    problem_of(upload(ada, b""), 422, "invalid-field")
    problem_of(send(ada, b"no sound"), 422, "provider-rejected")


def test_a_form_without_a_file_is_refused(ada):
    problem_of(upload(ada, field="sound"), 422, "invalid-field")
    kind = "multipart/form-data; boundary=x"
    problem_of(send(ada, b"no form", kind), 400, "malformed-body")
    problem_of(send(ada, b"--x\r\n", "multipart/form-data"), 400, "malformed-body")


def test_a_bad_language_is_named(ada):
    problem_of(send(ada, query="?language=klingon"), 422, "invalid-field")


def test_a_file_of_25_megabytes_is_taken_and_no_more(ada, engine):
    largest = bytes(25 * 1024 * 1024)

    assert send(ada, largest).status_code == 200
    assert upload(ada, largest).status_code == 200
    problem_of(send(ada, largest + b"x"), 413, "body-too-large")
    problem_of(upload(ada, largest + b"x"), 413, "body-too-large")
    problem_of(upload(ada, largest + bytes(100_000)), 413, "body-too-large")


def test_a_text_is_no_file(ada):
    problem_of(upload(ada, b"words", name=""), 422, "invalid-field")
    problem_of(upload(ada, bytes(1_000_000), name=""), 413, "body-too-large")


def test_only_our_own_page_may_ask(ada):
    answer = ada.post(
        ROUTE,
        data=wav(),
        headers={"Content-Type": "audio/wav", "Origin": "https://elsewhere.example"},
    )

    problem_of(answer, 403, "origin-refused")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, (502, "provider-refused")),
        (429, (503, "provider-busy")),
        (500, (503, "provider-unavailable")),
        (413, (422, "provider-rejected")),
    ],
)
def test_a_service_that_refuses_is_told(ada, engine, status, told):
    engine.fail(status, "What the service says.")

    problem_of(send(ada), *told)
