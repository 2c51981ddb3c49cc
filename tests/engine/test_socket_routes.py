"""Who may open the WebSocket, and how a browser's page may post an offer from elsewhere."""

import asyncio

import aiohttp
import pytest

from services.engine.protocol.config import SessionConfig
from tests.engine.serving import KEY, serving
from tests.engine.socket_caller import SocketCaller

CALLS = "/v1/realtime/calls"
PAGE = "https://ada.example"


def as_protocols(key):
    """What a script in a browser asks for."""
    return ("realtime", f"openai-insecure-api-key.{key}")


async def refusal(call):
    """The error and close code that a socket is refused with."""
    error = await call.event("error")
    code = await call.closed()
    assert [one["type"] for one in call.events] == ["error"]
    assert error["error"]["message"].endswith(".")
    return error["error"]["code"], code


def test_a_server_opens_a_session_of_its_own_making(tmp_path):
    async def talk():
        async with (
            serving(tmp_path) as engine,
            SocketCaller(engine.url, KEY, model="vivavoce-engine") as call,
        ):
            created = await call.event("session.created")

            assert created["session"]["instructions"] == ""
            assert call.socket.protocol is None

    asyncio.run(talk())


def test_a_page_opens_the_session_that_its_key_stands_for(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine:
            key = await engine.mint({"instructions": "Be brief."})
            async with SocketCaller(
                engine.url, None, protocols=as_protocols(key), origin=PAGE
            ) as call:
                created = await call.event("session.created")

                assert created["session"]["instructions"] == "Be brief."
                assert call.socket.protocol == "realtime"

    asyncio.run(talk())


@pytest.mark.parametrize("key", [None, "wrong", "ek_foreign"])
@pytest.mark.parametrize("as_subprotocol", [False, True])
def test_a_foreign_key_is_told_and_refused(tmp_path, key, as_subprotocol):
    async def talk():
        protocols = as_protocols(key or "") if as_subprotocol else ()
        async with (
            serving(tmp_path) as engine,
            SocketCaller(engine.url, None if as_subprotocol else key, protocols=protocols) as call,
        ):
            assert await refusal(call) == ("invalid_api_key", 3000)
            assert engine.open_calls == 0

    asyncio.run(talk())


def test_an_expired_key_is_told_and_refused(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine:
            config = SessionConfig.default("vivavoce-engine", "scripted")
            secret = engine.running.secrets.mint(config, seconds=0)
            async with SocketCaller(engine.url, secret.value) as call:
                assert await refusal(call) == ("expired_api_key", 3000)

    asyncio.run(talk())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"model": "gpt-9"}, "model_not_found"),
        ({"call_id": "rtc_1"}, "unknown_parameter"),
        ({"model": "vivavoce-engine", "intent": "transcription"}, "unknown_parameter"),
    ],
)
def test_what_this_server_does_not_have_is_told_and_refused(tmp_path, query, code):
    async def talk():
        async with serving(tmp_path) as engine, SocketCaller(engine.url, KEY, **query) as call:
            assert await refusal(call) == (code, 4000)

    asyncio.run(talk())


def test_a_line_too_many_and_a_server_that_loads_ask_for_another_try(tmp_path):
    async def talk():
        async with serving(tmp_path, max_calls=1) as engine, SocketCaller(engine.url, KEY) as one:
            await one.event("session.created")
            async with SocketCaller(engine.url, KEY) as other:
                assert await refusal(other) == ("lines_busy", 1013)
        async with serving(tmp_path, ready=False) as engine, SocketCaller(engine.url, KEY) as call:
            assert await refusal(call) == ("engine_loading", 1013)

    asyncio.run(talk())


def test_without_a_server_key_no_page_can_use_the_engine_of_whoever_visits_it(tmp_path):
    async def talk():
        async with serving(tmp_path, api_key=None) as engine:
            async with SocketCaller(engine.url, "any", origin=PAGE) as call:
                assert await refusal(call) == ("invalid_api_key", 3000)
            secrets = "/v1/realtime/client_secrets"
            async with engine.http.post(secrets, headers={"Origin": PAGE}) as answer:
                assert answer.status == 401
            key = await engine.mint()
            async with SocketCaller(engine.url, key, origin=PAGE) as call:
                await call.event("session.created")

    asyncio.run(talk())


def test_a_page_of_another_origin_may_post_an_offer_with_its_own_key(tmp_path):
    async def ask():
        async with serving(tmp_path) as engine, aiohttp.ClientSession(engine.url) as http:
            wish = {
                "Origin": PAGE,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type,x-openai-agents-sdk",
            }
            async with http.options(CALLS, headers=wish) as allowed:
                assert allowed.status == 204
                assert allowed.headers["Access-Control-Allow-Origin"] == "*"
                names = allowed.headers["Access-Control-Allow-Headers"].lower().split(", ")
                assert set(names) == {"authorization", "content-type", "x-openai-agents-sdk"}
            for key, origin in [(await engine.mint(), "*"), ("ek_foreign", "*"), (KEY, None)]:
                headers = {"Origin": PAGE, "Authorization": f"Bearer {key}"}
                headers["Content-Type"] = "application/sdp"
                async with http.post(CALLS, headers=headers, data="v=0") as answer:
                    assert answer.status in (400, 401)
                    assert answer.headers.get("Access-Control-Allow-Origin") == origin

    asyncio.run(ask())


def test_other_routes_are_not_for_pages_of_other_origins(tmp_path):
    async def ask():
        async with serving(tmp_path) as engine:
            for path in ("/v1/models", "/v1/realtime/client_secrets", "/healthz"):
                async with engine.http.options(path, headers={"Origin": PAGE}) as answer:
                    assert answer.status == 405
                    assert "Access-Control-Allow-Origin" not in answer.headers

    asyncio.run(ask())


def test_what_is_no_websocket_is_told_so(tmp_path):
    async def ask():
        async with serving(tmp_path) as engine:
            async with engine.http.get("/v1/realtime") as answer:
                assert answer.status == 400

    asyncio.run(ask())
