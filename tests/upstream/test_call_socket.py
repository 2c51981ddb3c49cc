"""The WebSocket of a call at its provider."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from websockets.sync.server import ServerConnection, serve

from services.upstream.call_socket import CallSocket, SocketEnded

REFUSAL = '{"type":"error"}'
ATTEMPTS = 25


@pytest.fixture
def refusing() -> Iterator[str]:
    """A house that opens a socket, says why it will not have it, and closes."""

    def refuse(connection: ServerConnection) -> None:
        connection.send(REFUSAL)
        connection.close(4000)

    with serve(refuse, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1/realtime"
        server.shutdown()
        thread.join()


def test_a_refusal_right_behind_the_handshake_is_heard(refusing: str) -> None:
    for _ in range(ATTEMPTS):  # who is first, the close or we, is a matter of luck
        call = CallSocket(refusing, {}, ())
        assert call.receive(5) == REFUSAL
        with pytest.raises(SocketEnded) as ended:
            call.receive(5)
        assert ended.value.code == 4000
        call.close()
