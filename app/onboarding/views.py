"""Pages of onboarding: the board for HR and managers, and one new hire's list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.db import transaction
from app.onboarding import access, jobs, queries, service
from app.onboarding.definitions import Rule, Step
from app.onboarding.queries import NewHire
from app.onboarding.standing import Risk
from app.onboarding.views_words import month_words, reason_words, risk_word
from app.people.identity import Actor
from app.web import navigation
from app.web.csv_file import csv_of
from app.web.guard import allowed, signed_in
from app.web.refusals import NotFound

PEOPLE_PER_PAGE = 25
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


@dataclass(frozen=True)
class BoardFilters:
    """What the reader asked the board to show; empty where everything is wanted."""

    programme: str = ""
    cohort: str = ""
    team: int | None = None
    risk: str = ""

    def leave(self, hire: NewHire, *, any_risk: bool = False) -> bool:
        """Tell whether a new hire is among what was asked for."""
        return (
            (not self.programme or hire.programme.id == self.programme)
            and (not self.cohort or hire.cohort == self.cohort)
            and (self.team is None or hire.person.team_id == self.team)
            and (any_risk or not self.risk or hire.standing.risk == self.risk)
        )

    def address(self, endpoint: str, **changes: object) -> str:
        """Return the address of a page with these filters, some of them changed."""
        asked = vars(self) | changes
        return url_for(endpoint, **{key: value for key, value in asked.items() if value})


def _filters() -> BoardFilters:
    asked = request.args.get
    return BoardFilters(
        asked("programme", ""), asked("cohort", ""), asked("team", type=int), asked("risk", "")
    )


@bp.get("/onboarding")
@watching
def board() -> Any:
    filters = _filters()
    everyone = access.list_visible(g.actor, clock.now())
    hires = [hire for hire in everyone if filters.leave(hire, any_risk=True)]
    shown = [hire for hire in hires if filters.leave(hire)]
    shown.sort(key=lambda hire: (hire.programme.title, hire.cohort), reverse=True)
    pages = max(-(-len(shown) // PEOPLE_PER_PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    groups = [
        (programme, month_words(cohort), list(rows))
        for (programme, cohort), rows in groupby(
            shown[(page - 1) * PEOPLE_PER_PAGE : page * PEOPLE_PER_PAGE],
            key=lambda hire: (hire.programme.title, hire.cohort),
        )
    ]
    programmes = {(hire.programme.id, hire.programme.title) for hire in everyone}
    teams = {(hire.person.team_id, hire.person.team_name) for hire in everyone if hire.person.team_id}
    cohorts = sorted({hire.cohort for hire in everyone}, reverse=True)
    return render_template(
        "onboarding/board.html",
        groups=groups,
        counts=Counter(hire.standing.risk for hire in hires),
        risks=list(Risk),
        filters=filters,
        programmes=tuple(sorted(programmes, key=itemgetter(1))),
        cohorts=tuple((cohort, month_words(cohort)) for cohort in cohorts),
        teams=tuple(sorted(teams, key=itemgetter(1))),
        total=len(shown),
        page=page,
        pages=pages,
        page_url=lambda number: filters.address("onboarding.board", page=number),
    )


@bp.get("/onboarding.csv")
@watching
def export() -> Any:
    filters = _filters()
    hires = [hire for hire in access.list_visible(g.actor, clock.now()) if filters.leave(hire)]
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
