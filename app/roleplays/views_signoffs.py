"""Pages of tasks: ask a colleague to sign off what they saw, and answer such a request."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app import clock
from app.curriculum import access as curriculum
from app.curriculum import queries as modules
from app.curriculum.definitions import ActivityKind
from app.db import transaction
from app.people import queries as people
from app.roleplays import access_signoffs as access
from app.roleplays import queries
from app.roleplays import queries_signoffs as sign_offs
from app.roleplays import service_signoffs as service
from app.roleplays.forms import SignForm, read_id
from app.roleplays.sheet import NOTE_LENGTH
from app.roleplays.states import SignOffState
from app.roleplays.views_base import bp, cards_of, competency_titles
from app.web.forms import typed
from app.web.guard import signed_in
from app.web.refusals import Conflict, NotFound


@bp.get("/tasks/<module_id>/<activity_id>")
@signed_in
def task(module_id: str, activity_id: str) -> Any:
    facts = curriculum.get_activity(module_id, activity_id, ActivityKind.TASK)
    module = curriculum.get_module(g.actor, module_id)
    if facts.key not in {step.key for step in module.steps}:
        raise NotFound()
    requests = sign_offs.sign_offs_of(g.actor.person_id, facts.key)
    open_requests = [each for each in requests if each.state is SignOffState.ASKED]
    asked = {each.signer_id for each in open_requests}
    signers = queries.assessors_for(g.actor.person_id, facts.competency_ids[:1], clock.now())
    earned = sign_offs.signed_work(g.actor.person_id, facts.competency_ids[0], queries.ASSESSOR_LEVEL)
    return render_template(
        "roleplays/task.html",
        task=facts,
        module=module,
        titles=modules.module_titles(),
        done=next(step.done for step in module.steps if step.key == facts.key),
        open_requests=open_requests,
        answered=[each for each in requests if each.state in (SignOffState.SIGNED, SignOffState.DECLINED)],
        signed=len(earned),
        earlier=next((each for each in earned if each.row.kind is service.EVIDENCE[facts.mode]), None),
        session_mode="reverse_shadow" if facts.mode == "reverse_shadow" else "assist",
        choices=[card for card in signers.cards if card.person_id not in asked],
        fallback=signers.fallback,
        people=cards_of({each.signer_id for each in requests}),
        competency=competency_titles(facts.competency_ids[:1])[facts.competency_ids[0]],
    )


@bp.post("/tasks/<module_id>/<activity_id>/ask")
@signed_in
def ask_sign_off(module_id: str, activity_id: str) -> Any:
    facts = curriculum.get_activity(module_id, activity_id, ActivityKind.TASK)
    curriculum.require_unlocked(g.actor, module_id)
    back = url_for(".task", module_id=module_id, activity_id=activity_id)
    now = clock.now()
    chosen = read_id(request.form, "signer_id")
    signers = queries.assessors_for(g.actor.person_id, facts.competency_ids[:1], now)
    if chosen not in {card.person_id for card in signers.cards}:
        flash(_("Choose who saw you do it. Nothing was sent."), "error")
        return redirect(back, 303)
    what = typed(request.form, "what", _("Which case was it? (optional)"), NOTE_LENGTH)
    with transaction():
        service.ask(g.actor, facts, chosen, what, now)
    flash(_("Asked. You will hear when they answer."), "success")
    return redirect(back, 303)


@bp.post("/tasks/<module_id>/<activity_id>/complete")
@signed_in
def complete_task(module_id: str, activity_id: str) -> Any:
    facts = curriculum.get_activity(module_id, activity_id, ActivityKind.TASK)
    curriculum.require_unlocked(g.actor, module_id)
    with transaction():
        completed = service.complete_by_earlier(g.actor, facts, clock.now())
    if not completed:
        raise Conflict(_("No sign-off for this work is on record yet. Nothing was changed."))
    flash(_("This step is done."), "success")
    return redirect(url_for("curriculum.module", module_id=module_id), 303)


@bp.post("/sign-offs/<int:sign_off_id>/withdraw")
@signed_in
def withdraw_sign_off(sign_off_id: int) -> Any:
    found = access.get_my_request(g.actor, sign_off_id)
    with transaction():
        taken = service.withdraw(g.actor, sign_off_id, clock.now())
    if taken:
        flash(_("The request was taken back."), "success")
    else:
        flash(_("It was answered already."), "warning")
    return redirect(url_for(".task", module_id=found.module_id, activity_id=found.activity_id), 303)


@bp.route("/sign-offs/<int:sign_off_id>", methods=["GET", "POST"])
@signed_in
def sign_off(sign_off_id: int) -> Any:
    found = access.get_asked_of_me(g.actor, sign_off_id)
    form = SignForm()
    form.answer.choices = [
        SelectChoice("sign", _("Done as it should be: I sign it off")),
        SelectChoice("refuse", _("Not yet: they should do it again")),
    ]
    if form.validate_on_submit():
        if found.state is SignOffState.WITHDRAWN:
            raise Conflict(_("The request was taken back. Nothing was changed."))
        note = form.note.data or ""
        with transaction():
            if form.answer.data == "sign":
                service.sign(g.actor, sign_off_id, note, clock.now())
            else:
                service.refuse(g.actor, sign_off_id, note, clock.now())
        flash(_("Thank you. %(name)s was told.", name=_name(found.learner_id)), "success")
        return redirect(url_for(".assessments"), 303)
    competency_id = found.competency_id
    return render_template(
        "roleplays/sign_off.html",
        form=form,
        request_=found,
        learner=_name(found.learner_id),
        competency=competency_titles([competency_id])[competency_id],
        counts=g.actor.person_id in queries.qualified_assessors([competency_id], clock.now()),
    ), (422 if form.errors else 200)


def _name(person_id: int) -> str:
    card = people.find_card(person_id)
    return card.name if card else ""
