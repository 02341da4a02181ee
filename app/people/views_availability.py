"""When someone works, when they are away, and who decides for them meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from app.db import transaction
from app.people import access, queries, queries_people, service_availability
from app.people.forms import HoursForm, SpanForm, SubstituteForm
from app.people.service_availability import LeaveOverlaps
from app.people.views_base import bp, leads, own_today
from app.people.work_hours import format_hours
from app.web import formatting
from app.web.guard import signed_in
from app.web.refusals import NotFound


@bp.get("/people/<int:person_id>/availability")
@signed_in
def availability(person_id: int) -> Any:
    return _page(person_id)


@bp.post("/people/<int:person_id>/hours")
@signed_in
def save_hours(person_id: int) -> Any:
    access.get_card_to_plan(g.actor, person_id)
    form = HoursForm()
    if not form.validate():
        return _page(person_id, hours=form), 422
    with transaction():
        service_availability.set_work_hours(person_id, form.intervals)
    flash(_("Working hours saved."), "success")
    return redirect(url_for("people.availability", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/leave")
@signed_in
def add_leave(person_id: int) -> Any:
    access.get_card_to_plan(g.actor, person_id)
    form = SpanForm()
    if not form.validate():
        return _page(person_id, leave=form), 422
    try:
        with transaction():
            service_availability.add_leave(person_id, form.from_on.data, form.until_on.data)
    except LeaveOverlaps as other:
        form.form_errors.append(
            _(
                "Some of these days are leave already (%(first)s to %(last)s).",
                first=_date(other.from_on),
                last=_date(other.until_on),
            )
        )
        return _page(person_id, leave=form), 422
    flash(
        _("Leave entered. These days are no longer offered; whoever has a session then is told to move it."),
        "success",
    )
    return redirect(url_for("people.availability", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/leave/<int:leave_id>/remove")
@signed_in
def remove_leave(person_id: int, leave_id: int) -> Any:
    access.get_card_to_plan(g.actor, person_id)
    found = queries_people.find_leave(leave_id)
    if found is None or found.person_id != person_id:
        raise NotFound(_("This leave was removed already."))
    with transaction():
        service_availability.remove_leave(leave_id)
    flash(_("Leave removed."), "success")
    return redirect(url_for("people.availability", person_id=person_id), 303)


@bp.get("/account/substitute")
@leads
def substitute() -> Any:
    return _substitute_page(SubstituteForm(formdata=None, data={"from_on": own_today()}))


@bp.post("/account/substitute")
@leads
def set_substitute() -> Any:
    form = SubstituteForm()
    if not form.validate():
        return _substitute_page(form), 422
    if form.substitute.person_id == g.actor.person_id:
        form.substitute.errors = [_("This is you. Choose someone else.")]
        return _substitute_page(form), 422
    with transaction():
        service_availability.set_substitute(
            g.actor.person_id, form.substitute.person_id or 0, form.from_on.data, form.until_on.data
        )
    flash(_("Saved. They can decide everything that waits for you, from the first day on."), "success")
    return redirect(url_for("people.substitute"), 303)


@bp.post("/account/substitute/<int:row_id>/end")
@leads
def end_substitute(row_id: int) -> Any:
    with transaction():
        service_availability.end_substitute(g.actor.person_id, row_id, own_today())
    flash(_("Ended. What waits for you is yours alone again."), "success")
    return redirect(url_for("people.substitute"), 303)


def _date(on: date) -> str:
    return formatting.date_in(on, zone=g.actor.time_zone, locale=formatting.reader_locale())


def _page(person_id: int, *, hours: HoursForm | None = None, leave: SpanForm | None = None) -> str:
    card = access.get_card_to_plan(g.actor, person_id)
    written = format_hours(queries.work_hours_of([person_id])[person_id])
    return render_template(
        "people/availability.html",
        card=card,
        own=person_id == g.actor.person_id,
        hours=hours or HoursForm(formdata=None, data={"hours": written}),
        leave=leave or SpanForm(formdata=None),
        away=queries_people.leave_from(person_id, own_today()),
    )


def _substitute_page(form: SubstituteForm) -> str:
    today = own_today()
    return render_template(
        "people/substitute.html",
        form=form,
        mine=queries_people.stand_ins(today, person_id=g.actor.person_id),
        for_others=queries_people.stand_ins(today, substitute_id=g.actor.person_id),
        leads=queries_people.list_leads(),
        today=today,
    )
