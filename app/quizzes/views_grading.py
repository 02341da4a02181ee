"""Pages for grading free answers, and for the extra time that HR sets."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app import clock
from app.db import transaction
from app.people import queries as people
from app.quizzes import access, queries, service, service_grading
from app.quizzes.attempt_rules import AttemptState
from app.quizzes.forms import ExtraTimeForm, GradeForm
from app.quizzes.queries_extra_time import list_extra_time
from app.quizzes.service_grading import NotAwaitingGrading
from app.quizzes.views_attempt import asks
from app.quizzes.views_base import bp
from app.web.guard import allowed, signed_in
from app.web.refusals import Conflict, NotFound


@bp.get("/grading")
@signed_in
def grading() -> Any:
    waiting = access.waiting_to_grade(g.actor, clock.now())
    cards = people.cards({each.person_id for each in waiting})
    return render_template("quizzes/grading.html", waiting=waiting, cards=cards)


@bp.get("/grading/<int:attempt_id>")
@signed_in
def grade_attempt(attempt_id: int) -> Any:
    return _grading_page(attempt_id, {})


@bp.post("/grading/<int:attempt_id>/<int:position>")
@signed_in
def grade(attempt_id: int, position: int) -> Any:
    now = clock.now()
    access.get_attempt_to_grade(g.actor, attempt_id, now)
    form = GradeForm(prefix=f"p{position}-")
    if not form.validate_on_submit():
        return _grading_page(attempt_id, {position: form}), 422
    try:
        with transaction():
            state = service_grading.grade_answer(
                attempt_id,
                position,
                int(form.share.data) / 100,
                form.comment.data or "",
                by=g.actor.person_id,
                now=now,
            )
    except NotAwaitingGrading as refused:
        raise Conflict(_("Someone else has graded this answer meanwhile.")) from refused
    if state is AttemptState.AWAITING_GRADING:
        flash(_("Graded. The learner sees the result once every answer is graded."), "success")
        return redirect(url_for("quizzes.grade_attempt", attempt_id=attempt_id), 303)
    flash(_("Graded. The learner was told and sees the result."), "success")
    return redirect(url_for("quizzes.grading"), 303)


@bp.route("/quizzes/extra-time", methods=["GET", "POST"])
@allowed("HR", lambda actor: actor.is_hr)
def extra_time() -> Any:
    form = ExtraTimeForm()
    active = people.list_active()
    form.person_id.choices = [SelectChoice(card.person_id, card.name) for card in active]
    if form.validate_on_submit():
        with transaction():
            service.set_extra_time(form.person_id.data, form.percent.data, g.actor.person_id, clock.now())
        flash(_("Saved. It holds for attempts begun from now on."), "success")
        return redirect(url_for("quizzes.extra_time"), 303)
    given = list_extra_time()
    cards = people.cards(given)
    rows = sorted((cards[each].name, f"{percent} %") for each, percent in given.items() if percent)
    return render_template("quizzes/extra_time.html", form=form, given=rows)


def _grading_page(attempt_id: int, forms: dict[int, GradeForm]) -> Any:
    attempt = access.get_attempt_to_grade(g.actor, attempt_id, clock.now())
    card = people.find_card(attempt.person_id)
    if card is None:
        raise NotFound()
    pending = [ask for ask in asks(attempt, queries.slots(attempt_id)) if ask.slot.pending]
    return render_template(
        "quizzes/grade.html",
        attempt=attempt,
        card=card,
        pending=[
            (ask, forms.get(ask.slot.position) or GradeForm(formdata=None, prefix=f"p{ask.slot.position}-"))
            for ask in pending
        ],
    )
