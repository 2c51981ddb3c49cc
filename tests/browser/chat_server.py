"""A chat-completions server that answers from a list and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatServer:
    """Answers the n-th question with the n-th sentence, streamed word by word."""

    def __init__(self, replies: Sequence[str]) -> None:
        """Prepare answers; the last one is repeated."""
        self.replies = list(replies)
        self.requests: list[dict] = []
        """Bodies of all chat requests, oldest first."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("application/json", [json.dumps({"data": [{"id": "parrot"}]})])

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer("text/event-stream", server.stream(body))

            def _answer(self, content_type: str, parts: list[str]) -> None:
                content = "".join(parts).encode()
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """For LLM_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ChatServer:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def turns(self, number: int) -> list[tuple[str, str]]:
        """Role and words of what the n-th question's context held, without the system's."""
        return [
            (message["role"], message["content"])
            for message in self.requests[number]["messages"]
            if message["role"] != "system"
        ]

    def stream(self, body: dict) -> list[str]:
        """Give the events of one answer."""
        # An engine may ask ahead of time and ask again: the same words get the same answer.
        asked = sum(message["role"] == "user" for message in body["messages"])
        self.requests.append(body)
        reply = self.replies[min(max(asked, 1), len(self.replies)) - 1]
        pieces = [{"role": "assistant", "content": ""}]
        pieces += [{"content": f"{word} "} for word in reply.split()]
        events = [_event({"delta": piece, "finish_reason": None}) for piece in pieces]
        return [*events, _event({"delta": {}, "finish_reason": "stop"}), "data: [DONE]\n\n"]


def _event(choice: dict) -> str:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "parrot",
        "choices": [{"index": 0, **choice}],
    }
    return f"data: {json.dumps(chunk)}\n\n"
