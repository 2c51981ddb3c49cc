from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing

import pytest
from aiohttp import web

from services.engine.backends.chat import ChatThinker
from services.engine.stages import (
    Finish,
    Message,
    Prompt,
    StageError,
    TextDelta,
    Thought,
    ToolCall,
)
from tests.engine.backends.chat_server import Answer, delta, says, serving

PROMPT = Prompt((Message("system", "Be kind."), Message("user", "Hello.")))
CLOCK: dict[str, object] = {
    "type": "function",
    "name": "clock",
    "description": "Time.",
    "parameters": {},
}
STOP = delta("stop")


async def collect(thinker: ChatThinker, prompt: Prompt = PROMPT) -> list[Thought]:
    return [thought async for thought in thinker.think(prompt)]


def ask(answer: Answer, prompt: Prompt = PROMPT, **options) -> tuple[list[Thought], dict]:
    """Ask a server that answers so; returns the thoughts and what the server was asked."""

    async def run() -> tuple[list[Thought], dict]:
        async with serving(answer) as server:
            thinker = ChatThinker(server.url, **{"api_key": server.key, "model": "tiny"} | options)
            try:
                return await collect(thinker, prompt), server.asked[-1]
            finally:
                await thinker.close()

    return asyncio.run(run())


def test_words_come_as_they_are_written_and_usage_at_the_end():
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": None}

    thoughts, asked = ask(says("Hi", " there.", STOP, {"choices": [], "usage": usage}))

    assert thoughts == [TextDelta("Hi"), TextDelta(" there."), Finish("stop", 9, 0, 2)]
    assert asked["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello."},
    ]


def test_without_a_model_name_the_first_listed_is_asked():
    _, asked = ask(says(STOP), model=None)

    assert asked["model"] == "tiny"


def test_a_tool_call_is_put_together_from_its_pieces():
    def piece(**function: str) -> dict:
        return delta(tool_calls=[{"index": 0, "function": function}])

    first = delta(tool_calls=[{"index": 0, "id": "c1", "function": {"name": "clock"}}])
    prompt = Prompt(
        (
            *PROMPT.messages,
            Message("assistant", "", (ToolCall("c0", "clock", "{}"),)),
            Message("tool", "noon", tool_call_id="c0"),
        ),
        tools=(CLOCK,),
        tool_choice={"type": "function", "name": "clock"},
        max_tokens=50,
    )

    thoughts, asked = ask(
        says(first, piece(arguments='{"zone"'), piece(arguments=':"UTC"}'), delta("tool_calls")),
        prompt,
    )

    assert thoughts == [ToolCall("c1", "clock", '{"zone":"UTC"}'), Finish("tool_calls")]
    function = {"name": "clock", "description": "Time.", "parameters": {}}
    assert asked["tools"] == [{"type": "function", "function": function}]
    assert asked["tool_choice"] == {"type": "function", "function": {"name": "clock"}}
    assert asked["messages"][2]["tool_calls"][0]["function"]["name"] == "clock"
    assert asked["messages"][3]["tool_call_id"] == "c0"
    assert asked["max_tokens"] == 50


@pytest.mark.parametrize(
    "refusal",
    [
        "registry.ollama.ai/library/tiny does not support tools",
        "tools param requires --jinja flag",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    ],
)
def test_a_model_that_cannot_call_tools_answers_without_them(refusal):
    async def run() -> list[bool]:
        async with serving(says("Hi", STOP)) as server:
            server.no_tools = refusal
            thinker = ChatThinker(server.url, api_key=server.key, model="tiny")
            for _ in range(2):
                prompt = Prompt(PROMPT.messages, tools=(CLOCK,))
                assert await collect(thinker, prompt) == [TextDelta("Hi"), Finish("stop")]
            await thinker.close()
            return ["tools" in asked for asked in server.asked]

    assert asyncio.run(run()) == [True, False, False]


def test_closing_the_iterator_ends_the_work_on_the_server():
    async def endless(request: web.Request, stream: web.StreamResponse) -> None:
        await stream.write(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')
        await asyncio.Event().wait()

    async def run() -> None:
        async with serving(endless) as server:
            thinker = ChatThinker(server.url, api_key=server.key, model="tiny")
            async with aclosing(thinker.think(PROMPT)) as thoughts:
                assert await anext(thoughts) == TextDelta("Hi")
            async with asyncio.timeout(5):
                await server.gone.wait()
            await thinker.close()

    asyncio.run(run())


def test_a_server_may_come_and_go():
    async def run() -> list[str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        thinker = ChatThinker(f"http://127.0.0.1:{port}/v1", api_key="secret")
        outcomes = []
        for up in (False, True, False, True):
            if up:
                async with serving(says("Hi", STOP), port):
                    outcomes.append(repr((await collect(thinker))[0]))
            else:
                with pytest.raises(StageError, match="cannot be reached"):
                    await collect(thinker)
                outcomes.append("down")
        await thinker.close()
        return outcomes

    up = "TextDelta(text='Hi')"
    assert asyncio.run(run()) == ["down", up, "down", up]


@pytest.mark.parametrize(
    ("answer", "options", "message"),
    [
        (says(STOP), {"api_key": "wrong"}, "refuses the key"),
        (says(STOP), {"model": "huge"}, "no such model"),
        (says({"error": {"message": "out of memory"}}), {}, "out of memory"),
        (says("Hi"), {}, "stopped in the middle"),
        (says({"choices": [{"delta": 5}]}), {}, "cannot be read"),
    ],
)
def test_failures_say_what_happened(answer, options, message):
    with pytest.raises(StageError, match=message) as caught:
        ask(answer, **options)

    assert caught.value.stage == "thinker"


def test_a_server_that_falls_silent_is_given_up():
    async def silent(request: web.Request, stream: web.StreamResponse) -> None:
        await asyncio.Event().wait()

    with pytest.raises(StageError, match="does not answer"):
        ask(silent, silence_seconds=0.1)


def test_broken_lines_are_an_error():
    async def broken(request: web.Request, stream: web.StreamResponse) -> None:
        await stream.write(b"data: {nonsense\n\n")

    with pytest.raises(StageError, match="cannot be read"):
        ask(broken)


def test_a_connection_that_breaks_is_an_error():
    async def breaks(request: web.Request, stream: web.StreamResponse) -> None:
        await stream.write(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')
        assert request.transport
        request.transport.abort()

    with pytest.raises(StageError, match="broke off"):
        ask(breaks)
