"""Is the program alive, and is what it needs reachable?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, current_app, jsonify
from flask_limiter import Limiter

from services.errors import AssistantError
from services.providers.base import Provider
from services.speech.ladder import Ladder
from services.storage.migrate import check_tables
from services.transcription.base import Transcription
from services.web.parts import parts

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Name everything that a call needs, and how it is."""
    checks = {
        "database": _result(partial(check_tables, parts().database)),
        "provider": _named_result(parts().provider),
    }
    is_ready = all(check["status"] == "ok" for check in checks.values())
    # The rest is told only: without it each process counts for itself how often an address asks,
    # and browsers speak and listen for themselves where they can.
    if parts().config.redis_url:
        checks["redis"] = _redis_result()
    checks["transcription"] = _named_result(parts().transcription)
    voice = parts().speech
    if voice is not None:
        checks["speech"] = _named_result(voice)
    if parts().models.is_needed:
        checks["models"] = _models_result()
    answer = jsonify(status="ready" if is_ready else "not-ready", checks=checks)
    return answer, 200 if is_ready else 503


def _redis_result() -> dict[str, str]:
    limiter: Limiter = current_app.extensions["vivavoce.limiter"]
    if limiter.storage.check():
        return {"status": "ok"}
    detail = "Redis does not answer at REDIS_URL; meanwhile each process counts for itself."
    return {"status": "redis-unavailable", "detail": detail}


def _models_result() -> dict[str, str]:
    """Tell the first that was found, with the sentences of all."""
    findings = parts().models.findings
    if not findings:
        return {"status": "ok"}
    return {"status": findings[0].code, "detail": " ".join(each.sentence for each in findings)}


def _named_result(service: Provider | Ladder | Transcription) -> dict[str, str]:
    return {"name": service.name} | _result(service.check)


def _result(check: Callable[[], None]) -> dict[str, str]:
    try:
        check()
    except AssistantError as error:
        return {"status": error.code, "detail": str(error)}
    return {"status": "ok"}
