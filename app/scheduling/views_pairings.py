"""Pins and bans: whom somebody learns from only, and who is rather not paired."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app import clock
from app.competency import queries as competency
from app.db import transaction
from app.scheduling import access, access_pairings, service
from app.scheduling.forms_pairings import PairingForm
from app.scheduling.queries_pairings import PairingFact
from app.scheduling.views_base import bp
from app.web.guard import signed_in


@bp.get("/pairings")
@signed_in
def pairings() -> Any:
    """List the pins and bans that the reader may know of, with the form for another one."""
    return _page(_form())


@bp.post("/pairings")
@signed_in
def set_pairing() -> Any:
    """Set a pin or a ban."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    learner = access_pairings.get_learner(g.actor, form.learner.data or g.actor.person_id)
    if form.other.person_id in (None, learner.person_id):
        form.other.errors = [_("Enter somebody else.")]
        return _page(form), 422
    pin = form.kind.data == "pin"
    known = {each.id for each in _competencies()}
    asked = form.competency.data
    with transaction():
        service.set_pairing(
            g.actor,
            form.kind.data,
            learner.person_id,
            form.other.person_id,
            clock.now(),
            competency_id=asked if pin and asked in known else None,
            reason=form.reason.data or "",
        )
    flash(_("Kept. It holds for every booking from now on; what is booked stays booked."), "success")
    return redirect(url_for("scheduling.pairings"), 303)


@bp.post("/pairings/<int:rule_id>/end")
@signed_in
def end_pairing(rule_id: int) -> Any:
    """Let a pin or ban hold no longer."""
    access_pairings.get_pairing_to_end(g.actor, rule_id)
    with transaction():
        service.end_pairing(rule_id, clock.now())
    flash(_("Ended. Bookings are free of it from now on."), "success")
    return redirect(url_for("scheduling.pairings"), 303)


def _form() -> PairingForm:
    form = PairingForm()
    form.learner.choices = [
        SelectChoice(each.person_id, _("Myself") if each.person_id == g.actor.person_id else each.name)
        for each in access.learners_of(g.actor)
    ]
    form.competency.choices = [
        SelectChoice("", _("All competencies")),
        *(SelectChoice(each.id, each.title) for each in _competencies()),
    ]
    return form


def _page(form: PairingForm) -> str:
    titles = {each.id: each.title for each in _competencies()}
    rules = access_pairings.list_pairings(g.actor)
    return render_template(
        "scheduling/pairings.html",
        form=form,
        bans=[_row(each, titles) for each in rules if each.kind == "ban"],
        pins=[_row(each, titles) for each in rules if each.kind == "pin"],
    )


def _row(fact: PairingFact, titles: dict[str, str]) -> dict[str, Any]:
    me = g.actor.person_id
    names = {each.person_id: _("You") if each.person_id == me else each.name for each in (fact.learner, fact.host)}  # fmt: skip  # noqa: E501
    words = {
        "one": names[fact.learner.person_id],
        "other": fact.host.name if fact.host.person_id != me else _("you"),
    }
    title = _("%(one)s and %(other)s", **words) if fact.kind == "ban" else _("%(one)s with %(other)s", **words)  # fmt: skip  # noqa: E501
    by = _("set by you") if fact.set_by.person_id == me else _("set by %(who)s", who=fact.set_by.name)
    about = [titles.get(fact.competency_id, fact.competency_id)] if fact.competency_id else []
    return {
        "title": title,
        "meta": " · ".join([*about, by, *([fact.reason] if fact.reason else [])]),
        "rule_id": fact.rule_id,
        "since": fact.created_at,
        "may_end": access_pairings.may_end(g.actor, fact),
    }


def _competencies() -> tuple[Any, ...]:
    framework = competency.find_framework()
    return tuple(framework.competencies) if framework else ()
