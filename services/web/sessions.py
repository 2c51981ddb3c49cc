"""The form for another session, which runs beside those of the talk page."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from services.errors import AssistantError
from services.web.cookies import greet_user
from services.web.parts import parts
from services.web.settings_form import look_around, make_field

SETTINGS = ("mode", "language", "voice_native", "voice_text")
"""What may be other in one session than it is for the person."""

blueprint = Blueprint("sessions", __name__, url_prefix="/sessions")


@blueprint.get("/new")
def new() -> str:
    """Ask what it is to be like: a page, or the panel for HTMX."""
    settings = parts().settings_of(greet_user())
    offer = look_around()
    return render_template(
        "talk/_new_session_panel.html"
        if "HX-Request" in request.headers
        else "talk/new_session.html",
        fields=[make_field(name, getattr(settings, name), offer) for name in SETTINGS],
        models=_models(),
    )


def _models() -> tuple[str, ...]:
    """List what may be chosen; a provider that does not answer leaves nothing to choose."""
    try:
        return parts().provider.capabilities().models
    except AssistantError:
        return ()
