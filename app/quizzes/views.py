"""Put the quiz pages, the commands and the scheduled work into the application; the overview of a quiz."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.curriculum.access import get_module, require_unlocked
from app.curriculum.definitions import ActivityKind
from app.curriculum.progress import ModuleState
from app.curriculum.queries import module_titles
from app.curriculum.views import register_activity_page
from app.db import transaction
from app.quizzes import (
    access,
    cli_bank,
    jobs,
    queries,
    service,
    views_attempt,
    views_grading,
    views_statistics,
)
from app.quizzes.attempt_rules import AttemptState, StartReason
from app.quizzes.queries_extra_time import extra_time_of
from app.quizzes.service import AttemptNotAllowed
from app.quizzes.views_base import bp, competency_names
from app.web import navigation
from app.web.formatting import moment_in
from app.web.guard import signed_in

__all__ = ["init_app"]

PAGES = (views_attempt, views_grading, views_statistics)
COMMANDS = (cli_bank,)
"""Importing them puts their routes on the blueprint and their commands into `flask questions`."""


def init_app(app: Flask) -> None:
    """Register the pages, their place in the navigation and the scheduled work."""
    app.register_blueprint(bp)
    register_activity_page(app, ActivityKind.QUIZ, "quizzes.overview")
    jobs.register()
    navigation.register(app, _l("Grading"), "quizzes.grading", "quiz", 80, when=access.may_grade_anything)
    navigation.register(app, _l("Extra time"), "quizzes.extra_time", "clock", 85, when=lambda a: a.is_hr)


@bp.get("/quizzes/<module_id>/<activity_id>")
@signed_in
def overview(module_id: str, activity_id: str) -> Any:
    quiz = access.get_quiz(module_id, activity_id)
    module = get_module(g.actor, module_id)
    now = clock.now()
    mine = queries.attempts_of(g.actor.person_id, quiz.activity_key)
    ruling = service.ruling_for(quiz.rules, mine, now)
    return render_template(
        "quizzes/overview.html",
        quiz=quiz,
        module=module,
        locked=module.state is ModuleState.LOCKED,
        attempts=mine,
        ruling=ruling,
        running=next((each for each in mine if each.state is AttemptState.IN_PROGRESS), None),
        best=max((each.percent for each in mine if each.percent is not None), default=None),
        passed=any(each.passed for each in mine),
        extra=extra_time_of(g.actor.person_id) if quiz.rules.time_limit_minutes else 0,
        names=competency_names(),
        may_see_statistics=g.actor.is_author or g.actor.is_hr,
        titles=module_titles() if module.waits_for else {},
    )


@bp.post("/quizzes/<module_id>/<activity_id>/start")
@signed_in
def start(module_id: str, activity_id: str) -> Any:
    quiz = access.get_quiz(module_id, activity_id)
    require_unlocked(g.actor, module_id)
    now = clock.now()
    try:
        with transaction():
            attempt_id = service.start_attempt(
                g.actor.person_id, quiz.activity_key, now, secrets.randbits(48)
            )
    except AttemptNotAllowed as refused:
        if refused.ruling.reason is StartReason.WAIT and refused.ruling.from_at:
            when = moment_in(refused.ruling.from_at, zone=g.actor.time_zone, locale=g.actor.locale)
            flash(_("The next attempt can begin on %(when)s.", when=when), "info")
        else:
            flash(_("You have used all attempts at this quiz."), "info")
        return redirect(url_for("quizzes.overview", module_id=module_id, activity_id=activity_id), 303)
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)
