"""The operator's button on the settings page: can this server reach all that it uses?"""

from __future__ import annotations

import threading

from flask import Blueprint, render_template, request

from services.check.provider_check import Parts, ProviderCheck
from services.check.steps import Step
from services.errors import NotFound, ProviderBusy
from services.web.cookies import require_user
from services.web.parts import parts

blueprint = Blueprint("provider_check", __name__, url_prefix="/settings")

_running = threading.Lock()


def is_for_operator() -> bool:
    """Tell whether whoever asks runs this server: nobody else can reach it."""
    return parts().config.is_personal


@blueprint.post("/check-provider")
def check() -> str:
    """Try everything, and show how it went."""
    require_user()
    if not is_for_operator():
        raise NotFound("Only the person who runs this server can check it from this page.")
    if not _running.acquire(blocking=False):
        raise ProviderBusy("A check is going on already. Wait until it is through.")
    try:
        steps = _check()
    finally:
        _running.release()
    is_htmx = "HX-Request" in request.headers
    page = "settings/_provider_check.html" if is_htmx else "settings/provider_check.html"
    return render_template(page, steps=steps)


def _check() -> list[Step]:
    here = parts()
    config = here.config
    tried = Parts(here.provider, here.speech, here.transcription, config.modes, config.connect_via)
    return list(ProviderCheck(tried).steps())
