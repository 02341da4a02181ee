"""A round's page: feedback for the learner, result for the line; deciding together where scores differ."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.curriculum import queries as curriculum
from app.db import transaction
from app.facts import Impossible
from app.roleplays import access, queries, service, service_scoring
from app.roleplays.forms import Unreadable, read_id, read_levels
from app.roleplays.outcome import feedback, to_work_on
from app.roleplays.queries import RoundFact
from app.roleplays.service import NotYourOwn, RatingGiven, RoundFinished
from app.roleplays.sheet import NOTE_LENGTH
from app.roleplays.states import RoundState
from app.roleplays.views_base import bp, cards_of, competency_titles, global_ratings
from app.web.forms import typed
from app.web.guard import signed_in
from app.web.refusals import Conflict, NotFound, Refusal


@bp.get("/role-plays/rounds/<int:round_id>")
@signed_in
def show_round(round_id: int) -> Any:
    sight = access.get_sight(g.actor, round_id)
    found = sight.round
    result = queries.result_of(found)
    done = found.state is RoundState.DONE
    reads_result = done or (sight.is_observer and sight.reads_notes)
    return render_template(
        "roleplays/round.html",
        sight=sight,
        round=found,
        result=result,
        reads_result=reads_result,
        feedback=feedback(found.definition, result) if reads_result else (),
        work_on=to_work_on(found.definition, result) if done else (),
        people=cards_of({found.learner_id, *(each.assessor_id for each in found.sheets)}),
        competencies=competency_titles({c.competency_id for c in found.definition.criteria}),
        ratings=dict(global_ratings()),
        invitable=_invitable(found) if found.live and not sight.is_learner else [],
        calls_off=not sight.is_observer and not sight.is_learner,
        following=_following(found) if done and sight.is_learner else None,
    )


@bp.post("/role-plays/rounds/<int:round_id>/observers")
@signed_in
def invite(round_id: int) -> Any:
    found = access.get_sight(g.actor, round_id).round
    access.require_invite(g.actor, found)
    chosen = read_id(request.form, "assessor_id")
    if chosen is None or chosen not in {card.person_id for card in _invitable(found)}:
        flash(_("Choose who should observe as well. Nothing was sent."), "error")
        return redirect(url_for(".show_round", round_id=round_id), 303)
    try:
        with transaction():
            service.ask_assessor(g.actor, found.learner_id, found.activity_key, chosen, clock.now())
    except RoundFinished:
        raise Conflict() from None
    flash(_("Asked. They score on their own, without seeing the other scores."), "success")
    return redirect(url_for(".show_round", round_id=round_id), 303)


@bp.post("/role-plays/rounds/<int:round_id>/rating")
@signed_in
def rate(round_id: int) -> Any:
    access.get_own_round(g.actor, round_id)
    sheet_id, rating = read_id(request.form, "sheet_id"), read_id(request.form, "rating")
    back = url_for(".show_round", round_id=round_id)
    if sheet_id is None or rating is None:
        flash(_("Choose a number from 1 to 5. Nothing was changed."), "error")
        return redirect(back, 303)
    try:
        with transaction():
            service.rate_feedback(g.actor, round_id, sheet_id, rating, clock.now())
    except RatingGiven:
        raise Conflict(_("You rated this feedback already.")) from None
    except NotYourOwn:
        raise NotFound() from None
    except Impossible:
        raise Refusal(_("A rating runs from 1 to 5. Nothing was changed.")) from None
    flash(_("Thank you. Your assessor sees the number."), "success")
    return redirect(back, 303)


@bp.get("/role-plays/rounds/<int:round_id>/reconcile")
@signed_in
def reconcile(round_id: int) -> Any:
    return _reconcile_page(access.get_diverged(g.actor, round_id), {}, "", [])


@bp.post("/role-plays/rounds/<int:round_id>/reconcile")
@signed_in
def propose(round_id: int) -> Any:
    found = access.get_diverged(g.actor, round_id)
    open_keys = queries.result_of(found).needs_reconciliation
    try:
        levels = read_levels(request.form, open_keys)
    except Unreadable:
        raise Refusal(_("A level runs from 0 to 4. Nothing was changed.")) from None
    note = typed(request.form, "note", _("Why you see it that way now"), NOTE_LENGTH)
    errors = []
    if set(levels) != set(open_keys):
        errors.append(("score", _("Choose a level for every criterion.")))
    if not note:
        errors.append(("note", _("Say why you both see it that way.")))
    if errors:
        return _reconcile_page(found, levels, note, errors), 422
    try:
        with transaction():
            after = service_scoring.propose(g.actor, round_id, levels, note, clock.now())
    except Impossible:
        raise Conflict() from None
    if after.state is RoundState.DONE:
        flash(_("Settled. The learner can read the feedback."), "success")
    else:
        flash(_("Written down. It stands once the other observers agree."), "success")
    return redirect(url_for(".show_round", round_id=round_id), 303)


@bp.post("/role-plays/rounds/<int:round_id>/agree")
@signed_in
def agree(round_id: int) -> Any:
    found = access.get_diverged(g.actor, round_id)
    by = read_id(request.form, "proposed_by")
    open_keys = queries.result_of(found).needs_reconciliation
    try:
        levels = read_levels(request.form, open_keys)
    except Unreadable:
        raise Refusal() from None
    with transaction():
        agreed = service_scoring.agree(g.actor, round_id, by or 0, levels, clock.now())
    if not agreed:
        flash(_("There is another proposal by now. Read it first."), "warning")
        return redirect(url_for(".reconcile", round_id=round_id), 303)
    flash(_("Agreed."), "success")
    return redirect(url_for(".show_round", round_id=round_id), 303)


def _reconcile_page(
    found: RoundFact, levels: dict[str, int], note: str, errors: list[tuple[str, str]]
) -> str:
    result = queries.result_of(found)
    open_keys = set(result.needs_reconciliation)
    return render_template(
        "roleplays/reconcile.html",
        round=found,
        criteria=[c for c in found.definition.criteria if c.id in open_keys],
        people=cards_of({found.learner_id, *found.observer_ids}),
        levels=levels,
        note=note,
        errors=errors,
        invitable=_invitable(found),
    )


def _invitable(found: RoundFact) -> list[Any]:
    asked = {each.assessor_id for each in (*found.submitted, *found.awaited)}
    keys = sorted({c.competency_id for c in found.definition.criteria})
    cards = queries.assessors_for(found.learner_id, keys, clock.now()).cards
    return [card for card in cards if card.person_id not in asked]


def _following(found: RoundFact) -> Any:
    """Return the step of the module that comes next for the learner, if any."""
    module = curriculum.module_progress(found.learner_id).get(found.module_id)
    return module.next_step if module else None
