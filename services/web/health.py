"""Is the program alive, and is what it needs reachable?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from services.errors import AssistantError
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
        "database": _result(parts().database.check),
        "provider": {"name": parts().provider.name} | _result(parts().provider.check),
    }
    is_ready = all(check["status"] == "ok" for check in checks.values())
    answer = jsonify(status="ready" if is_ready else "not-ready", checks=checks)
    return answer, 200 if is_ready else 503


def _result(check: Callable[[], None]) -> dict[str, str]:
    try:
        check()
    except AssistantError as error:
        return {"status": error.code, "detail": str(error)}
    return {"status": "ok"}
