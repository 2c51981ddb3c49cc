"""The built-in thinker: llama.cpp inside this process, spoken to like any chat server.

`xllamacpp.Server` opens llama.cpp's own HTTP server on a free port of the loopback, behind a key
made at start; `ChatThinker` does the rest, so that both thinkers behave alike. The loopback costs
about 4 ms of a reply. Measured on 2 cores with SmolLM2-135M Q4_1; first token of a next turn with
about 20 new tokens, tokens a second:

======================================  ============  ===========
dial, nothing else running              first token   tokens / s
======================================  ============  ===========
**1 thread**                            135-180 ms    47
2 threads                               76-102 ms     76
2 threads, flash attention off          +15 %         70
2 threads, no cache, 5 calls in turn    210-510 ms
2 threads, 512 MB cache, 5 calls        110-125 ms
======================================  ============  ===========

But something else is always running: the judge while the prompt is read, Piper while the reply is
written. llama.cpp's threads wait for one another at every step, so two of them that share a core
with somebody stand still, for seconds at worst. On the same 2 cores, with other programs as well
(median, 90 %):

=================================  ===============  ===============
what is waited for                 1 thread         2 threads
=================================  ===============  ===============
first token beside the judge       178, 245 ms      260, 950 ms
a whole reply beside Piper         1210, 1256 ms    1414, 7240 ms
=================================  ===============  ===============

One thread writes ten times as fast as anyone speaks.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import aiohttp

from services.engine.backends.chat import ChatThinker
from services.engine.backends.context import fit
from services.engine.backends.workers import THOUGHT_NICE, workers
from services.engine.stages import Finish, Message, Prompt, StageError, Thought

CONTEXT_TOKENS = 2048
"""Room for one call, reply included."""
REPLY_TOKENS = 160
"""About a minute of speech: a small model that writes more is rambling."""
_THREADS = 1
_BATCH = 128
"""Tokens read in one step. Others' replies stall that long (0.5 s); smaller reads slower."""
_CACHE_MIB = 512
"""Where the prompts of calls that pause are kept, so that their prefix need not be read again."""
_SAMPLING = {
    "temperature": 0.0,
    # Greedy, or a small model rambles; but then it likes to repeat itself. DRY forbids only that;
    # a penalty on every word that was used makes it avoid the right one.
    "repeat_penalty": 1.0,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 4,
    "cache_prompt": True,
    # After old turns are dropped, what follows is moved in the cache, not read again.
    "n_cache_reuse": 16,
}


class LlamaThinker:
    """Owns the server inside this process."""

    def __init__(self, path: Path, *, calls: int = 4) -> None:
        """Load a .gguf file; takes about a second. Blocks: call it in a thread.

        Args:
            path: the model.
            calls: how many replies may be written at once.

        Raises:
            StageError: the file cannot be loaded.
        """
        import xllamacpp

        key = secrets.token_urlsafe(24)
        try:
            with workers("llama-start", 1, THOUGHT_NICE) as starter:
                self._server = starter.submit(xllamacpp.Server, _params(path, calls, key)).result()
        except RuntimeError as error:
            raise StageError("thinker", f"{path} cannot be loaded: {error}") from error
        self._address = str(self._server.listening_address)
        self._key = key
        self._chat = ChatThinker(
            f"{self._address}/v1",
            api_key=key,
            model=path.stem,
            extra=_SAMPLING,
            keep_connections=False,  # llama.cpp drops them after a few requests, without a word
        )
        self._reads_tools: bool | None = None
        self._being_read: dict[tuple[Message, ...], asyncio.Event] = {}

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """Write the next reply; closing the iterator stops the model within a token or two.

        Raises:
            StageError: the model failed.
        """
        if done := self._being_read.get(prompt.messages[:-1]):
            # Beside it another slot would be taken, and all of the prompt read there again.
            await done.wait()
        async with aclosing(self._write(prompt)) as thoughts:
            async for thought in thoughts:
                yield thought

    async def warm(self, prompt: Prompt) -> None:
        """Read a prompt ahead into the cache."""
        history = prompt.messages[:-1]
        done = self._being_read[history] = asyncio.Event()
        try:
            async with aclosing(self._write(replace(prompt, max_tokens=1))) as thoughts:
                async for thought in thoughts:
                    if isinstance(thought, Finish):
                        return
        except StageError:
            return  # the reply itself will say what is wrong
        finally:
            done.set()
            if self._being_read.get(history) is done:
                del self._being_read[history]

    async def _write(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        if prompt.tools and not await self._understands_tools():
            # llama.cpp would force the reply into JSON, which a model without training for tools
            # fills with nonsense, and no word of it could be spoken early.
            prompt = replace(prompt, tools=(), tool_choice="none")
        reply_tokens = min(prompt.max_tokens or REPLY_TOKENS, CONTEXT_TOKENS // 2)
        messages = fit(prompt.messages, CONTEXT_TOKENS - reply_tokens)
        fitted = replace(prompt, messages=messages, max_tokens=reply_tokens)
        async with aclosing(self._chat.think(fitted)) as thoughts:
            async for thought in thoughts:
                yield thought

    async def close(self) -> None:
        """End the server's threads."""
        await self._chat.close()
        await asyncio.to_thread(self._drop_server)

    def _drop_server(self) -> None:
        # xllamacpp has no other way to end a server than to forget it.
        self.__dict__.pop("_server", None)

    async def _understands_tools(self) -> bool:
        if self._reads_tools is None:
            headers = {"Authorization": f"Bearer {self._key}"}
            try:
                async with (
                    aiohttp.ClientSession(headers=headers) as session,
                    session.get(f"{self._address}/props") as response,
                ):
                    caps = (await response.json()).get("chat_template_caps") or {}
            except (aiohttp.ClientError, ValueError) as error:
                raise StageError("thinker", f"llama.cpp does not answer: {error}") from error
            self._reads_tools = bool(caps.get("supports_tools"))
        return self._reads_tools


def _params(path: Path, calls: int, key: str) -> object:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.ui = False
    params.verbosity = 0
    params.n_parallel = calls
    params.kv_unified = True
    params.n_ctx = CONTEXT_TOKENS * calls
    params.n_batch = params.n_ubatch = _BATCH
    params.cache_ram_mib = _CACHE_MIB
    # Below the default of 0.1 a call that dropped its old turns finds its own slot again.
    params.slot_prompt_similarity = 0.01
    params.n_cache_reuse = 16
    params.n_gpu_layers = 0
    params.fit_params = False
    params.cpuparams.n_threads = _THREADS
    params.cpuparams_batch.n_threads = _THREADS
    return params
