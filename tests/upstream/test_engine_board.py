"""The notice that forked processes share."""

from __future__ import annotations

import os

from services.upstream.engine_board import EngineBoard, EngineState


def test_a_notice_is_read_as_it_was_posted():
    board = EngineBoard()
    assert board.read() == EngineState("starting")

    for state in (EngineState("loading", "http://127.0.0.1:1"), EngineState("failed", detail="é")):
        board.post(state)
        assert board.read() == state


def test_a_long_reason_is_cut():
    board = EngineBoard()

    board.post(EngineState("failed", detail="é" * 5000))

    assert board.read().detail == "é" * 120


def test_a_forked_process_reads_what_is_posted_later():
    board = EngineBoard()
    go, gone = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(go, 1)
        os._exit(0 if board.read().phase == "ready" else 1)

    board.post(EngineState("ready", "http://127.0.0.1:1"))
    os.write(gone, b".")
    _, status = os.waitpid(child, 0)
    os.close(go)
    os.close(gone)

    assert os.waitstatus_to_exitcode(status) == 0
