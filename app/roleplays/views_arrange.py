"""Pages for those who assess: what waits for me, and starting an assessment of someone."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import queries as people
from app.people.identity import PersonCard
from app.roleplays import access, queries, service
from app.roleplays.forms import read_id
from app.roleplays.queries import RolePlayFacts
from app.roleplays.queries_waiting import waiting_for
from app.roleplays.states import SheetState
from app.roleplays.views_base import bp, cards_of
from app.web.guard import signed_in
from app.web.refusals import NotFound


@bp.get("/assessments")
@signed_in
def assessments() -> Any:
    me = g.actor.person_id
    rounds = queries.rounds_assessed_by(me)
    past = [
        each
        for each in rounds
        if (mine := each.sheet_of(me)) is not None and mine.state is SheetState.SUBMITTED
    ]
    return render_template(
        "roleplays/assessments.html",
        waiting=waiting_for(g.actor, clock.now()),
        past=past,
        people=cards_of({each.learner_id for each in past}),
        may_start=bool(_startable()),
    )


@bp.get("/assessments/new")
@signed_in
def new_assessment() -> Any:
    role_play = _chosen_role_play()
    learner_id = read_id(request.args, "learner")
    learner: PersonCard | None = None
    assessors = None
    if role_play is not None and learner_id is not None:
        access.require_arrange(g.actor, learner_id, role_play, clock.now())
        learner = people.find_card(learner_id)
        assessors = _offered(role_play, learner_id)
    startable = _startable()
    return render_template(
        "roleplays/new_assessment.html",
        role_play=role_play,
        learner=learner,
        assessors=assessors,
        startable=startable,
        learners=_learners(role_play) if role_play else [],
        live=queries.live_round(learner_id, role_play.activity_key) if role_play and learner_id else None,
    )


@bp.post("/assessments/new")
@signed_in
def start_assessment() -> Any:
    role_play = _chosen_role_play()
    learner_id = read_id(request.args, "learner")
    if role_play is None or learner_id is None:
        raise NotFound()
    now = clock.now()
    access.require_arrange(g.actor, learner_id, role_play, now)
    chosen = read_id(request.form, "assessor_id")
    offered, _fallback = _offered(role_play, learner_id)
    if chosen not in {card.person_id for card in offered}:
        flash(_("Choose who assesses. Nothing was sent."), "error")
        return redirect(request.full_path, 303)
    with transaction():
        round_id, sheet_id = service.ask_assessor(g.actor, learner_id, role_play.activity_key, chosen, now)
    if chosen == g.actor.person_id:
        return redirect(url_for(".sheet", sheet_id=sheet_id), 303)
    flash(_("Asked. Both were told."), "success")
    return redirect(url_for(".show_round", round_id=round_id), 303)


def _chosen_role_play() -> RolePlayFacts | None:
    """Return the role-play the address names; none when it names none. Raises NotFound."""
    module_id, activity_id = request.args.get("module", ""), request.args.get("activity", "")
    key = request.args.get("role_play", "")
    if key.count("/") == 1:
        module_id, activity_id = key.split("/")
    return access.get_role_play(module_id, activity_id) if module_id or activity_id else None


def _offered(role_play: RolePlayFacts, learner_id: int) -> tuple[list[PersonCard], bool]:
    """Return who may be asked, the actor first where they may score, and whether it is the fallback."""
    found = queries.assessors_for(learner_id, role_play.competency_ids, clock.now())
    cards = [card for card in found.cards if card.person_id != g.actor.person_id]
    if access.can_assess(g.actor, learner_id, role_play, clock.now()):
        mine = people.find_card(g.actor.person_id)
        cards = [mine, *cards] if mine else cards
    return cards, found.fallback


def _startable() -> list[RolePlayFacts]:
    """Return the role-plays the actor may start for somebody."""
    found = queries.list_role_plays()
    if g.actor.is_manager or g.actor.is_hr or g.actor.is_author:
        return found
    held = queries.qualifications_of(g.actor.person_id, clock.now())
    return [each for each in found if set(each.competency_ids) <= held]


def _learners(role_play: RolePlayFacts) -> list[PersonCard]:
    """Return whom the actor may have assessed: everyone for assessors and HR, else reports."""
    everyone = [card for card in people.list_active() if card.person_id != g.actor.person_id]
    qualified = set(queries.qualified_assessors(role_play.competency_ids, clock.now()))
    nobody_else = not qualified and g.actor.is_author
    if g.actor.is_hr or g.actor.person_id in qualified or nobody_else:
        return everyone
    line = people.reports_of({g.actor.person_id} | g.actor.substitutes_for)
    return [card for card in everyone if card.person_id in line]
