"""The directory, a person's page and record, the org chart."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import access, queries, queries_people, service, service_availability, service_people
from app.people.forms import DeactivateForm, PersonForm, person_data
from app.people.import_plan import DEFAULT_HOURS
from app.people.panels import Loader, Panel, When, shown_to
from app.people.queries_people import PER_PAGE, Record, Sought
from app.people.service_people import NotForYou, PersonChangedMeanwhile, UnfitRecord
from app.people.views_base import administrators, bp, keepers, own_today
from app.people.work_hours import format_hours
from app.web.forms import whole_number
from app.web.guard import signed_in
from app.web.refusals import Conflict, Forbidden, NotFound


def register_profile_panel(
    app: Flask,
    order: int,
    template: str,
    loader: Loader,
    when: When = lambda actor, card: True,
) -> None:
    """Add a panel to every person's page for which `when(actor, card)` holds.

    `template` is a partial that finds what `loader(actor, card)` returned as `data`.
    """
    app.extensions.setdefault("profile_panels", []).append(Panel(order, template, loader, when))


@bp.get("/people")
@signed_in
def directory() -> Any:
    args, keeps = request.args, access.writes_people(g.actor)
    ended = keeps and args.get("state") == "ended"
    sought = Sought(
        args.get("q", "").strip()[:200],
        args.get("department", ""),
        args.get("team", type=int),
        args.get("role", ""),
        active=not ended,
    )
    page = max(1, args.get("page", 1, type=int))
    entries, total = queries_people.search(sought, page)
    pages = max(1, -(-total // PER_PAGE))
    if page > pages:
        raise NotFound()
    kept: dict[str, Any] = {
        key: args[key] for key in ("q", "department", "team", "role", "state") if args.get(key)
    }
    names = dict(queries.list_departments())
    return render_template(
        "people/directory.html",
        entries=entries,
        total=total,
        page=page,
        pages=pages,
        url_of_page=lambda number: url_for("people.directory", **kept, page=number),
        sought=sought,
        keeps=keeps,
        departments=list(names.items()),
        teams=queries.team_choices(),
        roles=queries_people.list_job_roles(),
    )


@bp.get("/people/<int:person_id>")
@signed_in
def profile(person_id: int) -> Any:
    """Show a person: all of the record to those entitled, name and place to colleagues."""
    card = access.get_card(g.actor, person_id)
    record = queries_people.find_record(person_id)
    whole = access.can_see_record(g.actor, person_id)
    today = own_today()
    return render_template(
        "people/profile.html",
        card=card,
        record=record,
        whole=whole,
        writes=record is not None and access.can_write(g.actor, record),
        reports=queries_people.direct_reports(person_id) if whole else [],
        hours=format_hours(queries.work_hours_of([person_id])[person_id]) if whole else "",
        leave=queries_people.leave_from(person_id, today) if whole else [],
        stand_ins=queries_people.stand_ins(today, person_id=person_id) if whole else [],
        email_changes=queries_people.email_changes(person_id) if whole else [],
        matrix_url=_matrix_url(person_id) if whole else None,
        panels=shown_to(current_app.extensions.get("profile_panels", []), g.actor, card),
    )


def _matrix_url(person_id: int) -> str | None:
    """Return where a person's levels are shown, where the application has that page."""
    if "competency.person_matrix" not in current_app.view_functions:
        return None
    if person_id != g.actor.person_id and not (g.actor.is_hr or queries.manages(g.actor, person_id)):
        return None
    return url_for("competency.person_matrix", person_id=person_id)


@bp.route("/people/new", methods=["GET", "POST"])
@keepers
def new_person() -> Any:
    form = PersonForm(data={"time_zone": g.actor.time_zone, "locale": g.actor.locale})
    form.offer(may_make_admins=g.actor.is_admin)
    if request.method == "GET":
        return _form_page(form, None)
    if not form.validate():
        return _form_page(form, None), 422
    try:
        with transaction():
            given = form.to_input(_team_of(form))
            person_id = service_people.create_person(g.actor, given, clock.now())
            service_availability.set_work_hours(person_id, DEFAULT_HOURS)
    except UnfitRecord as unfit:
        _explain(form, unfit)
        return _form_page(form, None), 422
    flash(_("%(name)s is added. They set a password with their e-mail on the sign-in page.", name=given.name))
    return redirect(url_for("people.profile", person_id=person_id), 303)


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@keepers
def edit_person(person_id: int) -> Any:
    record = access.get_record_to_write(g.actor, person_id)
    form = PersonForm(data=person_data(record))
    form.offer(may_make_admins=g.actor.is_admin)
    if request.method == "GET":
        return _form_page(form, record)
    if not form.validate():
        return _form_page(form, record), 422
    try:
        with transaction():
            given = form.to_input(_team_of(form))
            service_people.edit_person(g.actor, person_id, given, _version(form), clock.now())
    except UnfitRecord as unfit:
        _explain(form, unfit)
        return _form_page(form, record), 422
    except PersonChangedMeanwhile as error:
        raise Conflict(_changed(record)) from error
    except NotForYou as error:
        raise Forbidden() from error
    flash(_("Saved."), "success")
    return redirect(url_for("people.profile", person_id=person_id), 303)


@bp.route("/people/<int:person_id>/deactivate", methods=["GET", "POST"])
@keepers
def deactivate(person_id: int) -> Any:
    """Ask, naming what happens; then end the account and keep everything the person did."""
    record = access.get_record_to_write(g.actor, person_id)
    if not record.is_active:
        raise Conflict(_("This account is deactivated already."))
    if person_id == g.actor.person_id:
        raise Conflict(_("You cannot deactivate yourself. Ask another administrator or HR."))
    form = DeactivateForm(data={"version": record.version, "reports_to": record.manager_email or ""})
    if request.method == "GET":
        return _deactivate_page(form, record)
    if not form.validate():
        return _deactivate_page(form, record), 422
    try:
        with transaction():
            service_people.deactivate(
                g.actor, person_id, _version(form), clock.now(), reports_to=form.reports_to.person_id
            )
    except UnfitRecord as unfit:
        _explain(form, unfit)
        return _deactivate_page(form, record), 422
    except PersonChangedMeanwhile as error:
        raise Conflict(_changed(record)) from error
    flash(_("%(name)s can no longer sign in. Everything they did is kept.", name=record.name))
    return redirect(url_for("people.profile", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/reactivate")
@keepers
def reactivate(person_id: int) -> Any:
    record = access.get_record_to_write(g.actor, person_id)
    try:
        with transaction():
            service_people.reactivate(person_id, request.form.get("version", 0, type=int))
    except PersonChangedMeanwhile as error:
        raise Conflict(_changed(record)) from error
    flash(_("%(name)s can sign in again.", name=record.name))
    return redirect(url_for("people.profile", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/sign-out")
@administrators
def sign_out_person(person_id: int) -> Any:
    """Sign a person out in every browser, as after a lost laptop."""
    record = access.get_record_to_write(g.actor, person_id)
    with transaction():
        service.sign_out_everywhere(person_id, clock.now())
    flash(_("%(name)s is signed out everywhere.", name=record.name), "success")
    return redirect(url_for("people.profile", person_id=person_id), 303)


@bp.get("/organisation")
@signed_in
def organisation() -> Any:
    """Show departments and teams; with `department`, who reports to whom in it."""
    sizes = queries_people.team_sizes()
    departments: dict[str, list[Any]] = {}
    for size in sizes:
        departments.setdefault(size.department_key, []).append(size)
    asked = request.args.get("department", "")
    if asked and asked not in departments:
        raise NotFound()
    nodes = queries_people.chart_of(asked) if asked else []
    here = {node.person_id for node in nodes}
    below: dict[int | None, list[Any]] = {}
    for node in nodes:
        below.setdefault(node.manager_id if node.manager_id in here else None, []).append(node)
    return render_template(
        "people/organisation.html", departments=departments, asked=asked, below=below, nodes=nodes
    )


def _team_of(form: PersonForm) -> int | None:
    if form.new_department.data:
        return service_people.find_or_make_team(form.new_department.data, form.new_team.data or None)
    return int(form.team.data) if form.team.data else None


def _version(form: Any) -> int:
    return whole_number(form.version.data) or 0


def _explain(form: Any, unfit: UnfitRecord) -> None:
    words = {
        "taken": _("Someone has this e-mail already, perhaps as a deactivated account."),
        "own-manager": _("Nobody is their own manager."),
        "cycle": _("This would make a circle of managers: that person reports to this one."),
        "last-admin": _("This is the last administrator. Make someone else one first."),
        "unknown": _("This no longer exists. Choose again."),
    }
    field = {"email": "email", "manager_id": "manager", "team_id": "team"}.get(unfit.field, unfit.field)
    if field in form:
        form[field].errors = [words[unfit.problem]]
    else:
        form.form_errors.append(words[unfit.problem])


def _changed(record: Record) -> str:
    return _(
        "The record of %(name)s was changed meanwhile. Nothing of yours was saved.",
        name=record.name,
    )


def _form_page(form: PersonForm, record: Record | None) -> str:
    return render_template(
        "people/person_form.html", form=form, record=record, leads=queries_people.list_leads()
    )


def _deactivate_page(form: DeactivateForm, record: Record) -> str:
    return render_template(
        "people/deactivate.html",
        form=form,
        record=record,
        reports=queries_people.direct_reports(record.person_id),
        leads=queries_people.list_leads(),
    )
