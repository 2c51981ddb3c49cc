"""Health, readiness and the description of the routes."""

from __future__ import annotations

import re

from sqlalchemy import text


def test_the_program_is_alive_whatever_else_is_not(make_app):
    client = make_app(engine_url=None).test_client()

    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_ready_means_that_every_part_is(app):
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.get_json()) == (
        200,
        {
            "status": "ready",
            "checks": {
                "database": {"status": "ok"},
                "provider": {"name": "engine", "status": "ok"},
                "speech": {"name": "engine", "status": "ok"},
                "transcription": {"name": "engine", "status": "ok"},
            },
        },
    )


def test_a_voice_that_is_not_offered_is_not_asked(make_app):
    checks = make_app(speech_provider="browser").test_client().get("/readyz").get_json()["checks"]

    assert "speech" not in checks


def test_models_that_end_are_told_without_being_in_the_way(make_app, engine):
    app = make_app(
        transcription_provider="azure",
        transcription_model="gpt-4o-mini-transcribe",
        azure_openai_endpoint=engine.url,
        azure_openai_api_key="key",
    )
    watch = app.extensions["vivavoce"].models
    watch.stop()

    answer = app.test_client().get("/readyz")

    told = answer.get_json()["checks"]["models"]
    assert (answer.status_code, told["status"]) == (200, "model-retiring")
    assert "gpt-transcribe" in told["detail"]


def test_what_is_missing_is_named(make_app, engine):
    engine.answer_always(503, b'{"status":"loading"}')

    answer = make_app().test_client().get("/readyz")

    checks = answer.get_json()["checks"]
    assert answer.status_code == 503
    assert checks["database"]["status"] == "ok"
    for part in ("provider", "speech", "transcription"):
        assert checks[part]["status"] == "engine-starting"


def test_a_database_of_an_earlier_version_is_not_ready(app):
    with app.extensions["vivavoce"].database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    answer = app.test_client().get("/readyz")

    told = answer.get_json()["checks"]["database"]
    assert (answer.status_code, told["status"]) == (503, "storage-unavailable")
    assert "python -m services.storage" in told["detail"]


def test_redis_is_named_and_may_be_away(redis, redis_url, make_app):
    client = make_app(redis_url=redis_url).test_client()
    assert client.get("/readyz").get_json()["checks"]["redis"] == {"status": "ok"}

    redis.stop()

    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["checks"]["redis"]["status"] == "redis-unavailable"


def test_every_json_route_is_described(app):
    described = app.test_client().get("/api/openapi.json").get_json()["paths"]

    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/api/", "/healthz", "/readyz")):
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule)
            methods = {method.lower() for method in rule.methods - {"HEAD", "OPTIONS"}}
            assert methods <= set(described[path]), rule
