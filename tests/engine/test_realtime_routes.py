"""Keys and calls over HTTP: what is refused, and how."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from openai.types.realtime import ClientSecretCreateResponse

from services.engine.config import EngineConfig
from services.engine.protocol.config import SessionConfig
from tests.engine.caller import Caller
from tests.engine.serving import KEY, serving

SECRETS = "/v1/realtime/client_secrets"
CALLS = "/v1/realtime/calls"


def run(work):
    asyncio.run(work)


async def refusal(answer):
    """The status and error of an answer."""
    async with answer as response:
        error = (await response.json())["error"]
        assert set(error) == {"type", "code", "message", "param"}
        assert error["message"].endswith(".")
        return response.status, error["code"]


def test_a_key_carries_the_whole_session(tmp_path):
    async def mint():
        async with serving(tmp_path) as engine:
            session = {"type": "realtime", "instructions": "Be brief."}
            body = {"expires_after": {"anchor": "created_at", "seconds": 60}, "session": session}
            async with engine.http.post(SECRETS, json=body) as answer:
                assert answer.status == 200
                minted = await answer.json()

        ClientSecretCreateResponse.model_validate(minted)
        assert minted["value"].startswith("ek_")
        assert minted["session"]["instructions"] == "Be brief."
        assert minted["session"]["audio"]["output"]["voice"] == "scripted"

    run(mint())


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b'{"x": 1}', 400, "unknown_parameter"),
        (b'{"session": 7}', 400, "invalid_value"),
        (b'{"session": {"type": "realtime", "model": "gpt-9"}}', 400, "model_not_found"),
        (b'{"session": {"type": "realtime", "oops": 1}}', 400, "unknown_parameter"),
        (b'{"expires_after": {"seconds": 1}}', 400, "invalid_value"),
        (b'{"expires_after": {"seconds": 9999}}', 400, "invalid_value"),
        (b"x" * 1_000_000, 413, "request_too_large"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_request_for_a_key_is_refused(tmp_path, body, status, code):
    async def mint():
        async with serving(tmp_path) as engine:
            headers = {"Content-Type": "application/json"}
            answer = engine.http.post(SECRETS, data=body, headers=headers)
            assert await refusal(answer) == (status, code)

    run(mint())


@pytest.mark.parametrize("path", [SECRETS, CALLS, f"{CALLS}/rtc_1/hangup", "/v1/audio/speech"])
@pytest.mark.parametrize("key", ["", "Bearer", "Basic abc", "Bearer wrong", "Bearer ek_foreign"])
def test_a_foreign_key_is_refused(tmp_path, path, key):
    async def post():
        async with serving(tmp_path) as engine, aiohttp.ClientSession(engine.url) as http:
            headers = {"Authorization": key, "Content-Type": "application/sdp"}
            answer = http.post(path, headers=headers, data="v=0")
            assert await refusal(answer) == (401, "invalid_api_key")

    run(post())


def test_without_a_server_key_any_bearer_but_a_browsers_will_do(tmp_path):
    async def post():
        async with serving(tmp_path, api_key=None) as engine:
            async with engine.http.post(SECRETS) as answer:
                assert answer.status == 200
            headers = {"Authorization": "Bearer ek_foreign"}
            assert (await refusal(engine.http.post(SECRETS, headers=headers)))[0] == 401

    run(post())


def test_an_expired_key_is_refused(tmp_path):
    async def post():
        async with serving(tmp_path) as engine:
            config = SessionConfig.default("vivavoce-engine", "scripted")
            secret = engine.running.secrets.mint(config, seconds=0)
            headers = {
                "Authorization": f"Bearer {secret.value}",
                "Content-Type": "application/sdp",
            }
            answer = engine.http.post(CALLS, data="v=0", headers=headers)
            assert await refusal(answer) == (401, "expired_api_key")

    run(post())


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/sdp", b"", 400, "invalid_offer"),
        ("application/sdp", b"no sdp at all", 400, "invalid_offer"),
        ("application/sdp", b"v=0\r\nm=audio\r\n", 400, "invalid_offer"),
        ("application/sdp", b"\xff\xfe", 400, "invalid_offer"),
        ("application/sdp", b"v=0\r\n" * 100_000, 413, "request_too_large"),
        ("application/json", b"{}", 415, "unsupported_content_type"),
        ("text/plain", b"v=0", 415, "unsupported_content_type"),
    ],
)
def test_a_bad_offer_is_refused_and_leaves_nothing(tmp_path, content_type, body, status, code):
    async def post():
        async with serving(tmp_path) as engine:
            headers = {"Content-Type": content_type}
            answer = engine.http.post(CALLS, data=body, headers=headers)
            assert await refusal(answer) == (status, code)
            assert engine.open_calls == 0

    run(post())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"session": "{}"}, "missing_required_parameter"),
        ({"sdp": "v=0", "session": "{"}, "invalid_json"),
        ({"sdp": "v=0", "session": "{}"}, "missing_required_parameter"),
        ({"sdp": "v=0", "extra": "1"}, "invalid_value"),
    ],
)
def test_a_bad_form_is_refused(tmp_path, fields, code):
    async def post():
        async with serving(tmp_path) as engine:
            form = aiohttp.FormData(default_to_multipart=True)
            for name, value in fields.items():
                form.add_field(name, value)
            assert await refusal(engine.http.post(CALLS, data=form)) == (400, code)

    run(post())


def test_one_key_opens_several_calls_with_its_session(tmp_path):
    async def talk():
        async with serving(tmp_path) as engine:
            key = await engine.mint({"instructions": "Be brief."})
            async with Caller(engine.url, key) as one, Caller(engine.url, key) as two:
                for call in (one, two):
                    assert call.events[0]["session"]["instructions"] == "Be brief."
                assert one.location != two.location

    run(talk())


def test_a_call_too_many_is_refused_until_a_line_is_free(tmp_path):
    async def talk():
        async with serving(tmp_path, max_calls=1) as engine:
            async with engine.call() as call:
                answer = engine.http.post(
                    CALLS, data="v=0", headers={"Content-Type": "application/sdp"}
                )
                assert await refusal(answer) == (503, "lines_busy")
                path = f"{call.location}/hangup"
                async with engine.http.post(path) as hung_up:
                    assert hung_up.status == 200
                assert await refusal(engine.http.post(path)) == (404, "not_found")
            async with engine.call():
                pass

    run(talk())


def test_while_models_are_loaded_all_but_health_says_so(tmp_path):
    async def ask():
        async with serving(tmp_path, ready=False) as engine:
            async with engine.http.get("/healthz") as health:
                assert (health.status, await health.json()) == (503, {"status": "loading"})
            assert await refusal(engine.http.post(SECRETS)) == (503, "engine_loading")
            assert await refusal(engine.http.get("/v1/models")) == (503, "engine_loading")

    run(ask())


def test_models_names_the_model_and_its_voices(tmp_path):
    async def ask():
        async with serving(tmp_path) as engine, engine.http.get("/v1/models") as answer:
            listed = await answer.json()
            assert listed["data"][0]["id"] == "vivavoce-engine"
            assert listed["voices"] == ["scripted"]

    run(ask())


def test_an_unknown_path_is_told_as_json(tmp_path):
    async def ask():
        async with serving(tmp_path) as engine:
            assert (await refusal(engine.http.get("/v1/nope")))[0] == 404
            assert (await refusal(engine.http.get(SECRETS)))[0] == 405

    run(ask())


def test_a_server_key_is_not_in_any_repr():
    assert KEY not in repr(EngineConfig(api_key=KEY, llm_api_key=KEY))


def test_the_stages_are_closed_when_the_server_ends(tmp_path):
    closed = []

    async def serve():
        async with serving(tmp_path) as engine:
            stages = engine.running.stages
            assert stages is not None

            async def close():
                closed.append("stages")

            engine.running.stages = replace(stages, close=close)

    run(serve())

    assert closed == ["stages"]
