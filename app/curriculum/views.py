"""Pages of learning: my curricula, a module, a lesson."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app import clock
from app.competency import views_base as competency
from app.competency.explain import StepCode
from app.curriculum import access, queries, queries_places, service
from app.curriculum.definitions import ActivityKind
from app.db import transaction
from app.people import queries as people
from app.web import navigation
from app.web.guard import signed_in
from app.web.refusals import NotFound

bp = Blueprint("curriculum", __name__, template_folder="templates")
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


NEXT_STEPS: tuple[tuple[StepCode, ActivityKind, LazyString], ...] = (
    ("quiz", ActivityKind.QUIZ, _l("Go to the quiz")),
    ("role_play", ActivityKind.ROLE_PLAY, _l("See the role-play")),
    ("sign_offs", ActivityKind.TASK, _l("See the task")),
)
"""Where My matrix sends people for the next piece of evidence."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.extensions["activity_pages"] = {}
    navigation.register(app, _l("Learn"), "curriculum.learn", "book", 20)
    app.jinja_env.globals["activity_url"] = activity_url
    for code, kind, label in NEXT_STEPS:
        competency.register_next_steps(app, code, _places(kind, label))


def register_activity_page(app: Flask, kind: ActivityKind, endpoint: str) -> None:
    """Let a higher domain show activities of a kind; its route takes module_id and activity_id."""
    app.extensions["activity_pages"][kind] = endpoint


def _places(kind: ActivityKind, label: LazyString) -> competency.FindSteps:
    def find(person_id: int, competency_ids: Collection[str]) -> dict[str, tuple[str, str]]:
        card = people.find_card(person_id)
        places = queries_places.places_for(kind, competency_ids, card.department_key if card else None)
        return {
            each: (str(label), activity_url(module_id, activity_id, kind))
            for each, (module_id, activity_id) in places.items()
        }

    return find


def activity_url(module_id: str, activity_id: str, kind: str) -> str:
    """Return where an activity is done."""
    endpoint = current_app.extensions["activity_pages"].get(kind, "curriculum.activity")
    return url_for(endpoint, module_id=module_id, activity_id=activity_id)


@bp.get("/learn")
@signed_in
def learn() -> Any:
    progress = queries.progress_in(g.actor.person_id, g.actor.department_key)
    paths = queries.list_paths(g.actor.department_key, progress)
    return render_template("curriculum/learn.html", paths=paths, titles=queries.module_titles())


@bp.get("/modules/<module_id>")
@signed_in
def module(module_id: str) -> Any:
    progress = access.get_module(g.actor, module_id)
    titles = queries.module_titles() if progress.waits_for else {}
    return render_template("curriculum/module.html", module=progress, titles=titles)


@bp.get("/modules/<module_id>/<activity_id>")
@signed_in
def activity(module_id: str, activity_id: str) -> Any:
    facts = access.get_activity(module_id, activity_id)
    if facts.kind in current_app.extensions["activity_pages"]:
        return redirect(activity_url(module_id, activity_id, facts.kind), 303)
    progress = access.get_module(g.actor, module_id)
    keys = [step.key for step in progress.steps]
    if facts.key not in keys:
        raise NotFound()
    position = keys.index(facts.key)
    return render_template(
        "curriculum/lesson.html",
        activity=facts,
        module=progress,
        step=progress.steps[position],
        position=position,
        following=progress.steps[position + 1] if position + 1 < len(keys) else None,
        html=queries.lesson_html(facts.key),
    )


@bp.post("/modules/<module_id>/<activity_id>/read")
@signed_in
def mark_read(module_id: str, activity_id: str) -> Any:
    facts = access.get_activity(module_id, activity_id, ActivityKind.LESSON)
    if facts.key not in {step.key for step in access.get_module(g.actor, module_id).steps}:
        raise NotFound()
    with transaction():
        service.read_lesson(g.actor.person_id, facts.key, clock.now())
    progress = access.get_module(g.actor, module_id)
    following = progress.next_step
    if following is None:
        return redirect(url_for("curriculum.module", module_id=module_id), 303)
    return redirect(activity_url(module_id, following.activity_id, following.kind), 303)


@bp.get("/media/<module_id>/<name>")
@signed_in
def media(module_id: str, name: str) -> Any:
    found = queries.find_media(module_id, name)
    if found is None:
        raise NotFound()
    mime_type, digest, data = found
    response = Response(data, mimetype=mime_type)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    fresh = request.args.get("v") == digest
    response.headers["Cache-Control"] = (
        "private, max-age=31536000, immutable" if fresh else "private, no-cache"
    )
    response.set_etag(digest)
    return response.make_conditional(request)
