"""The learner's page of a role-play: the scene, asking for an assessor, feedback so far."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.curriculum import access as curriculum
from app.curriculum import queries as modules
from app.curriculum.definitions import ActivityKind
from app.db import transaction
from app.roleplays import access, queries, service, service_requests
from app.roleplays.forms import read_id
from app.roleplays.states import RoundState
from app.roleplays.views_base import bp, cards_of, competency_titles
from app.web.guard import signed_in
from app.web.refusals import Conflict, NotFound


@bp.get("/role-plays/<module_id>/<activity_id>")
@signed_in
def overview(module_id: str, activity_id: str) -> Any:
    curriculum.get_activity(module_id, activity_id, ActivityKind.ROLE_PLAY)
    role_play = access.get_role_play(module_id, activity_id)
    module = curriculum.get_module(g.actor, module_id)
    _version, definition = queries.newest_version(role_play.activity_key)
    rounds = queries.rounds_of(g.actor.person_id, role_play.activity_key)
    live = next((each for each in rounds if each.live), None)
    needs_assessor = live is None or live.state is not RoundState.OPEN
    assessors = queries.assessors_for(g.actor.person_id, role_play.competency_ids, clock.now())
    asked = {each.assessor_id for each in (*live.submitted, *live.awaited)} if live else set()
    return render_template(
        "roleplays/overview.html",
        role_play=role_play,
        definition=live.definition if live else definition,
        module=module,
        titles=modules.module_titles(),
        live=live,
        done=[each for each in rounds if each.state is RoundState.DONE],
        assessors=assessors,
        choices=[c for c in assessors.cards if c.person_id not in asked] if needs_assessor else [],
        needs_assessor=needs_assessor,
        people=cards_of({each.assessor_id for each_round in rounds for each in each_round.sheets}),
        competencies=competency_titles(role_play.competency_ids),
        is_assessor=set(role_play.competency_ids)
        <= queries.qualifications_of(g.actor.person_id, clock.now()),
    )


@bp.post("/role-plays/<module_id>/<activity_id>/ask")
@signed_in
def ask(module_id: str, activity_id: str) -> Any:
    role_play = access.get_role_play(module_id, activity_id)
    curriculum.require_unlocked(g.actor, module_id)
    now, me = clock.now(), g.actor.person_id
    live = queries.live_round(me, role_play.activity_key)
    chosen = read_id(request.form, "assessor_id")
    asked = {each.assessor_id for each in live.awaited} if live is not None else set()
    if live is not None and live.state is RoundState.OPEN and chosen not in asked:
        raise Conflict(_("You have asked someone already. Take that request back first."))
    offered = {card.person_id for card in queries.assessors_for(me, role_play.competency_ids, now).cards}
    back = url_for(".overview", module_id=module_id, activity_id=activity_id)
    if chosen not in offered:
        flash(_("Choose who should assess you. Nothing was sent."), "error")
        return redirect(back, 303)
    with transaction():
        service.ask_assessor(g.actor, me, role_play.activity_key, chosen, now)
    flash(_("Asked. You will hear when they answer; agree on a time together."), "success")
    return redirect(back, 303)


@bp.post("/role-plays/rounds/<int:round_id>/take-back")
@signed_in
def take_back(round_id: int) -> Any:
    found = access.get_round_to_call_off(g.actor, round_id)
    sheet_id = read_id(request.form, "sheet_id")
    if sheet_id not in {each.id for each in found.sheets}:
        raise NotFound()
    with transaction():
        taken = service_requests.take_back(g.actor, sheet_id, clock.now())
    if taken:
        flash(_("The request was taken back."), "success")
    else:
        flash(_("It was too late: the assessor has begun, or has answered."), "warning")
    if found.learner_id == g.actor.person_id:
        return redirect(url_for(".overview", module_id=found.module_id, activity_id=found.activity_id), 303)
    return redirect(url_for(".show_round", round_id=round_id), 303)
