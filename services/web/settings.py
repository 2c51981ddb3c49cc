"""The settings of a person: the page, the panel over the talk page, and one route for scripts."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from services.calls.session import build_update
from services.errors import InvalidField, WrongType
from services.setting import Value
from services.settings import TABLE, Settings, parse, to_dict
from services.storage.settings import save_settings
from services.web.bodies import Fields, read_json
from services.web.cookies import greet_user, require_user
from services.web.parts import parts
from services.web.provider_check import is_for_operator
from services.web.settings_form import Offer, look_around, make_field, make_sections

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
Changes = dict[str, Value]
Refused = dict[str, tuple[object, str]]
"""Name to the value that was sent, and why it was not taken."""

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
def show() -> Response:
    """Show the settings: a page, the panel for HTMX, or JSON."""
    settings = parts().settings_of(greet_user())
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    if best == "application/json":
        return jsonify(to_dict(settings))
    return make_response(_render_all(settings, look_around(), {}))


@blueprint.post("")
def change() -> Response:
    """Store any of the settings; answer in the manner in which they came."""
    user_id = require_user()
    if request.mimetype in FORM_TYPES:
        return _change_by_form(user_id)
    if request.mimetype != "application/json":
        raise WrongType("Settings are sent as application/json or as a form.")
    changes = parse(read_json())
    look_around().check(changes)
    return jsonify(to_dict(_store(user_id, changes)))


def _change_by_form(user_id: str) -> Response:
    offer = look_around()
    changes, refused = _read_form(offer)
    is_htmx = "HX-Request" in request.headers
    if refused:
        kept = parts().settings_of(user_id)
        typed = replace(kept, **changes)  # type: ignore[arg-type]
        if is_htmx:
            return make_response(_render_fields([*changes, *refused], typed, offer, refused), 422)
        return make_response(_render_all(typed, offer, refused), 422)
    settings = _store(user_id, changes)
    if not is_htmx:
        return redirect(url_for("settings.show", saved="1"), 303)
    answer = make_response(_render_fields(list(changes), settings, offer, {}))
    answer.headers["HX-Trigger"] = json.dumps({"settings:changed": _news(changes, settings, offer)})
    return answer


def _read_form(offer: Offer) -> tuple[Changes, Refused]:
    """Check field by field, so that a mistake in one is told beside it."""
    changes: Changes = {}
    refused: Refused = {}
    for name, values in request.form.lists():
        if name == "csrf_token":
            continue
        # A switch sends "off" and then, if it is on, "on".
        sent: Fields = {name: values[-1]}
        try:
            parsed = parse(sent)
            offer.check(parsed)
            changes |= parsed
        except InvalidField as error:
            if name not in TABLE:
                raise
            refused[name] = (values[-1], str(error).partition(": ")[2])
    return changes, refused


def _store(user_id: str, changes: Changes) -> Settings:
    with parts().database.write() as session:
        return save_settings(session, user_id, changes, parts().clock())


def _news(changes: Changes, settings: Settings, offer: Offer) -> dict[str, object]:
    """Say what pages need to know; it travels in a header, too short for somebody's own words."""
    news: dict[str, object] = dict(changes)
    if "instructions" in news:
        news["instructions"] = True
    update = build_update(changes, settings, offer.abilities)
    return news | ({"session": update} if update else {})


def _render_all(settings: Settings, offer: Offer, refused: Refused) -> str:
    is_htmx = "HX-Request" in request.headers
    return render_template(
        "settings/_panel.html" if is_htmx else "settings/index.html",
        sections=make_sections(settings, offer, refused),
        status=_status(refused),
        may_check=is_for_operator(),
        steps=[],
    )


def _status(refused: Refused) -> str:
    if refused:
        return "Not saved: look at what is marked."
    return "Saved" if request.args.get("saved") else ""


def _render_fields(names: list[str], settings: Settings, offer: Offer, refused: Refused) -> str:
    rendered = []
    for name in names:
        value, problem = refused.get(name, (getattr(settings, name), ""))
        field = make_field(name, value, offer, problem)
        rendered.append(render_template("settings/_field.html", field=field))
    return "".join(rendered)
