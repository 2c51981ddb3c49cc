"""A thinker behind any chat-completions server: Ollama, llama-server, vLLM, a cloud.

The server may be down when the engine starts and come and go as it likes: each reply stands alone.
Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp

from services.engine.backends.chat_stream import read_thoughts, to_request
from services.engine.stages import Prompt, StageError, Thought

CONNECT_SECONDS = 5.0
"""A server that is there answers the handshake much sooner."""
SILENCE_SECONDS = 60.0
"""Between two pieces of an answer. A large model that has to be loaded first takes long."""
TOOLS = "tool"
"""Found in how Ollama, llama-server and vLLM say that a model, or they, cannot call tools."""


class ChatThinker:
    """Streams replies from one server."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        model: str | None = None,
        extra: Mapping[str, object] | None = None,
        silence_seconds: float = SILENCE_SECONDS,
        keep_connections: bool = True,
    ) -> None:
        """Connect to nothing yet.

        Args:
            base_url: what comes before `/chat/completions`; ends in /v1 for most servers.
            api_key: sent as bearer, None if the server asks for none.
            model: its name there, None for the first that the server lists.
            extra: more fields for the request, such as sampling.
            silence_seconds: longest wait for the next piece of an answer.
            keep_connections: use a connection again; saves a handshake where that takes long.
        """
        self._base_url = base_url.rstrip("/")
        self._where = urlsplit(base_url).netloc
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._asked_model = model
        self._model = model
        self._takes_tools = True
        self._extra = dict(extra or {})
        self._keep_connections = keep_connections
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=silence_seconds
        )
        self._session: aiohttp.ClientSession | None = None

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """Write the next reply; closing the iterator cancels it on the server too.

        Raises:
            StageError: the server cannot be reached, refuses, fails, or falls silent.
        """
        try:
            response = await self._ask(prompt)
            try:
                await self._check(response)
                async with aclosing(read_thoughts(response.content)) as thoughts:
                    async for thought in thoughts:
                        yield thought
            finally:
                response.close()  # ends the connection, by which the server notices
        except TimeoutError as error:
            raise self._failure("does not answer; try again, or choose a faster model") from error
        except aiohttp.ClientConnectorError as error:
            raise self._failure("cannot be reached; start it, or correct LLM_BASE_URL") from error
        except aiohttp.ClientError as error:
            raise self._failure(f"broke off ({error or type(error).__name__})") from error

    async def warm(self, prompt: Prompt) -> None:
        """Do nothing: on somebody else's server this could cost money."""

    async def close(self) -> None:
        """Close the connections; may be called twice."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _ask(self, prompt: Prompt) -> aiohttp.ClientResponse:
        """Send the prompt; a model that cannot call tools is asked without them from then on."""
        model = await self._model_name()
        if prompt.tools and self._takes_tools:
            response = await self._post(to_request(prompt, model) | self._extra)
            if response.status == 200 or TOOLS not in _detail(await response.read()).lower():
                return response
            self._takes_tools = False
        plain = replace(prompt, tools=(), tool_choice="none")
        return await self._post(to_request(plain, model) | self._extra)

    async def _post(self, request: dict[str, object]) -> aiohttp.ClientResponse:
        for attempt in ("on a kept connection, perhaps", "on a fresh one"):
            try:
                return await self._client().post(f"{self._base_url}/chat/completions", json=request)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                # A kept connection may have been closed by the server at this very moment.
                if attempt == "on a fresh one":
                    raise
        raise AssertionError("unreachable")

    async def _model_name(self) -> str:
        if self._model is None:
            async with self._client().get(f"{self._base_url}/models") as response:
                await self._check(response)
                try:
                    listed = json.loads(await response.read())
                    self._model = str(listed["data"][0]["id"])
                except (ValueError, LookupError, TypeError) as error:
                    raise self._failure("lists no models; set LLM_MODEL") from error
        return self._model

    async def _check(self, response: aiohttp.ClientResponse) -> None:
        if response.status == 200:
            return
        # Another server may have taken its place.
        self._model = self._asked_model
        self._takes_tools = True
        detail = _detail(await response.read())
        if response.status in (401, 403):
            raise self._failure("refuses the key; set LLM_API_KEY")
        if response.status == 404:
            raise self._failure(
                f"knows no such address or model ({detail}); LLM_BASE_URL mostly ends in /v1, "
                "LLM_MODEL must be one that it lists"
            )
        if response.status == 429:
            raise self._failure("has had too many requests; try again later")
        raise self._failure(f"answered {response.status} ({detail})")

    def _failure(self, what: str) -> StageError:
        return StageError("thinker", f"The language model server at {self._where} {what}.")

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(force_close=not self._keep_connections),
            )
        return self._session


def _detail(body: bytes) -> str:
    """What an error says, in at most one line."""
    text = body.decode("utf-8", "replace")
    try:
        error = json.loads(text)["error"]
        text = str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, LookupError, TypeError):
        pass  # not every server wraps its errors
    return " ".join(text.split())[:200] or "no reason given"
