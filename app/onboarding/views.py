"""Pages of onboarding: the board for HR and managers, and one new hire's list."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.competency.export import csv_of
from app.db import transaction
from app.onboarding import access, jobs, queries, service
from app.onboarding.definitions import Rule, Step
from app.onboarding.queries import NewHire
from app.onboarding.standing import Risk
from app.onboarding.views_words import month_words, reason_words, risk_word
from app.people.identity import Actor
from app.web import navigation
from app.web.guard import allowed, signed_in
from app.web.refusals import NotFound

bp = Blueprint("onboarding", __name__, template_folder="templates")


def _watches(actor: Actor | None) -> bool:
    return actor is not None and (actor.is_hr or actor.is_manager)


watching = allowed("HR and managers", _watches)


def init_app(app: Flask) -> None:
    """Register the pages, the scheduled work and the words."""
    app.register_blueprint(bp)
    jobs.register()
    navigation.register(app, _l("Onboarding"), "onboarding.board", "board", 50, when=_watches)
    app.jinja_env.globals["reason_words"] = reason_words
    app.jinja_env.globals["risk_word"] = risk_word
    app.jinja_env.globals["onboarding_step_url"] = step_url


def step_url(step: Step, hire: NewHire) -> str | None:
    """Return where a new hire does a step; None where somebody ticks it."""
    if step.rule is Rule.MODULE:
        return url_for("curriculum.module", module_id=step.target)
    if step.rule is Rule.COMPETENCY:
        person_id = hire.person.person_id
        return url_for("competency.explanation", person_id=person_id, competency_id=step.target)
    if step.rule is Rule.SESSION:
        return url_for("scheduling.new_session", kind=step.session_kind, owner=step.target)
    return None


@bp.get("/onboarding")
@watching
def board() -> Any:
    programme_id = request.args.get("programme") or None
    risk = request.args.get("risk") or None
    hires = access.list_visible(g.actor, clock.now(), programme_id)
    counts = Counter(hire.standing.risk for hire in hires)
    shown = [hire for hire in hires if risk is None or hire.standing.risk == risk]
    groups = [
        (programme, month_words(cohort), list(rows))
        for (programme, cohort), rows in groupby(
            sorted(shown, key=lambda h: (h.programme.title, h.cohort), reverse=True),
            key=lambda h: (h.programme.title, h.cohort),
        )
    ]
    return render_template(
        "onboarding/board.html",
        groups=groups,
        counts=counts,
        risks=list(Risk),
        risk=risk,
        programmes=queries.list_programmes(),
        programme_id=programme_id,
    )


@bp.get("/onboarding.csv")
@watching
def export() -> Any:
    hires = access.list_visible(g.actor, clock.now(), request.args.get("programme") or None)
    header: list[object] = [
        "name",
        "email",
        "team",
        "programme",
        "cohort",
        "start",
        "status",
        "reasons",
        "steps done",
        "steps",
    ]
    return Response(
        csv_of([header, *map(_csv_row, hires)]),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=onboarding.csv"},
    )


def _csv_row(hire: NewHire) -> list[object]:
    return [
        hire.person.name,
        hire.person.email,
        hire.person.team_name,
        hire.programme.title,
        hire.cohort,
        hire.starts_on.isoformat(),
        risk_word(hire.standing.risk),
        "; ".join(reason_words(reason) for reason in hire.standing.reasons),
        sum(milestone.done_count for milestone in hire.standing.milestones),
        len(hire.standing.steps),
    ]


@bp.get("/my/onboarding")
@signed_in
def mine() -> Any:
    hires = queries.list_new_hires(clock.now(), person_ids=[g.actor.person_id])
    if not hires:
        raise NotFound(_("You are not in an onboarding programme. Your next steps are on your home page."))
    return redirect(url_for("onboarding.new_hire", enrolment_id=hires[0].enrolment_id), 303)


@bp.get("/onboarding/<int:enrolment_id>")
@signed_in
def new_hire(enrolment_id: int) -> Any:
    hire = access.get_new_hire(g.actor, enrolment_id, clock.now())
    ticks = {s.step.id for s in hire.standing.steps if access.can_confirm(g.actor, hire, s.step)}
    return render_template(
        "onboarding/new_hire.html", hire=hire, ticks=ticks, may_nudge=access.can_nudge(g.actor, hire)
    )


@bp.post("/onboarding/<int:enrolment_id>/steps/<step_id>/confirm")
@signed_in
def confirm(enrolment_id: int, step_id: str) -> Any:
    with transaction():
        service.confirm_step(g.actor, enrolment_id, step_id, clock.now())
    return redirect(url_for("onboarding.new_hire", enrolment_id=enrolment_id), 303)


@bp.post("/onboarding/<int:enrolment_id>/nudge")
@signed_in
def nudge(enrolment_id: int) -> Any:
    with transaction():
        service.nudge(g.actor, enrolment_id, clock.now())
    flash(_("Reminder sent."), "success")
    return redirect(url_for("onboarding.new_hire", enrolment_id=enrolment_id), 303)
