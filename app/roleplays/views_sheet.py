"""The scoring sheet: an assessor scores criterion by criterion, saved on change, submitted once."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import queries as people
from app.roleplays import access, service_requests, service_scoring
from app.roleplays.forms import DeclineForm, Unreadable, read_id, read_sheet
from app.roleplays.queries import RoundFact, SheetFact
from app.roleplays.service_scoring import SheetIncomplete, SheetSubmitted
from app.roleplays.sheet import Lack, Sheet
from app.roleplays.states import SheetState
from app.roleplays.views_base import bp, competency_titles, global_ratings
from app.web.guard import signed_in
from app.web.refusals import Conflict, NotFound, Refusal


@bp.get("/assessments/<int:sheet_id>")
@signed_in
def sheet(sheet_id: int) -> Any:
    found, mine = access.get_sheet(g.actor, sheet_id)
    if mine.state is SheetState.SUBMITTED:
        return redirect(url_for(".show_round", round_id=found.id), 303)
    if mine.state is SheetState.DECLINED or not found.live:
        flash(_("This assessment is no longer asked of you."), "info")
        return redirect(url_for(".assessments"), 303)
    return _page(found, mine, Lack())


@bp.post("/assessments/<int:sheet_id>")
@signed_in
def write_sheet(sheet_id: int) -> Any:
    found, mine = access.get_sheet(g.actor, sheet_id)
    entered = _entered(found)
    if request.form.get("act") != "submit":
        access.get_draft(g.actor, sheet_id)
        with transaction():
            service_scoring.save_sheet(g.actor, sheet_id, entered)
        flash(_("Saved. Nothing counts before you submit."), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), 303)
    try:
        with transaction():
            service_scoring.submit_sheet(g.actor, sheet_id, entered, clock.now())
    except SheetIncomplete as incomplete:
        with transaction():
            service_scoring.save_sheet(g.actor, sheet_id, entered)
        found, mine = access.get_draft(g.actor, sheet_id)
        return _page(found, mine, incomplete.lack), 422
    except SheetSubmitted:
        raise Conflict(_("This assessment is no longer asked of you. Nothing was changed.")) from None
    if mine.state is SheetState.DRAFT:
        flash(_("Submitted. Thank you."), "success")
    return redirect(url_for(".show_round", round_id=found.id), 303)


@bp.post("/assessments/<int:sheet_id>/save")
@signed_in
def save_sheet(sheet_id: int) -> Any:
    found, _mine = access.get_draft(g.actor, sheet_id)
    entered = _entered(found)
    try:
        with transaction():
            service_scoring.save_sheet(g.actor, sheet_id, entered)
    except SheetSubmitted:
        raise Conflict() from None
    return "", 204


@bp.post("/assessments/<int:sheet_id>/clock")
@signed_in
def run_clock(sheet_id: int) -> Any:
    access.get_draft(g.actor, sheet_id)
    act = request.form.get("act", "")
    if act not in {"start", "stop", "reset"}:
        raise Refusal()
    try:
        with transaction():
            service_scoring.run_clock(g.actor, sheet_id, act, read_id(request.form, "seconds"), clock.now())
    except SheetSubmitted:
        raise Conflict() from None
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return "", 204
    return redirect(url_for(".sheet", sheet_id=sheet_id) + "#clock", 303)


@bp.route("/assessments/<int:sheet_id>/decline", methods=["GET", "POST"])
@signed_in
def decline(sheet_id: int) -> Any:
    found, mine = access.get_draft(g.actor, sheet_id)
    form = DeclineForm()
    if form.validate_on_submit():
        with transaction():
            declined = service_requests.decline(g.actor, sheet_id, form.reason.data or "", clock.now())
        if not declined:
            raise Conflict(_("This assessment is no longer asked of you. Nothing was changed."))
        flash(_("The learner was told."), "success")
        return redirect(url_for(".assessments"), 303)
    learner = people.find_card(found.learner_id)
    if learner is None:
        raise NotFound()
    return render_template("roleplays/decline.html", form=form, round=found, sheet=mine, learner=learner), (
        422 if form.errors else 200
    )


def _entered(found: RoundFact) -> Sheet:
    try:
        return read_sheet(request.form, found.definition)
    except Unreadable:
        raise Refusal(_("A level runs from 0 to 4. Nothing was changed.")) from None


def _page(found: RoundFact, mine: SheetFact, lack: Lack) -> str:
    now = clock.now()
    running = mine.clock_started_at is not None
    seconds = mine.clock_seconds
    if mine.clock_started_at is not None:
        seconds += max(0, int((now - mine.clock_started_at).total_seconds()))
    return render_template(
        "roleplays/sheet.html",
        round=found,
        sheet=mine,
        entered=mine.sheet,
        definition=found.definition,
        learner=people.find_card(found.learner_id),
        competencies=competency_titles({c.competency_id for c in found.definition.criteria}),
        ratings=global_ratings(),
        lack=lack,
        seconds=seconds,
        running=running,
        others=len(found.sheets) - 1,
    )
