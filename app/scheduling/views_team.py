"""A team's week against its floor, and the floors of a department."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import queries as people
from app.scheduling import access, queries, service
from app.scheduling.forms_floors import FloorEntry, parse_floors, parse_guests
from app.scheduling.queries_staffing import local_label
from app.scheduling.views_base import asked_monday, bp, span_text
from app.scheduling.views_words import day, session_title, state_badge
from app.web.guard import signed_in

BLANK_LINES = 3


@bp.get("/teams/<int:team_id>/schedule")
@signed_in
def team_schedule(team_id: int) -> Any:
    """Show a team's week: who is on duty against the floor, who is away and why, which sessions."""
    name = access.get_team(g.actor, team_id)
    zone = g.actor.time_zone
    monday = asked_monday(zone)
    week = queries.team_week(team_id, monday, zone)
    names = {card.person_id: card.name for card in week.people}
    shown = [d for d in week.days if d.slots or d.away]
    return render_template(
        "scheduling/team.html",
        name=name,
        week=week,
        monday=monday,
        days=[
            {
                "title": day(each.on),
                "slots": [(local_label(slot, zone), duty.on_duty, duty.floor) for slot, duty in each.slots],
                "away": [_away(away, names) for away in each.away],
            }
            for each in shown
        ],
        sessions=[
            {
                "title": session_title(fact, 0),
                "href": url_for("scheduling.session_page", session_id=fact.session_id)
                if access.can_read(g.actor, fact)
                else None,
                "span": span_text(fact.starts_at, fact.ends_at),
                "starts_at": fact.starts_at,
                "badge": state_badge(fact.state),
            }
            for fact in week.sessions
        ],
        may_set=week.department_key is not None and access.can_set_floors(g.actor, week.department_key),
        teams=[(each, title) for each, title, _key in access.teams_of(g.actor)],
        team_id=team_id,
        week_url=lambda weeks: url_for(
            "scheduling.team_schedule",
            team_id=team_id,
            week=(monday + timedelta(weeks=weeks)).isoformat(),
        ),
    )


@bp.get("/departments/<key>/floors")
@signed_in
def floors(key: str) -> Any:
    """Show a department's floors to whoever may set them."""
    access.get_department(g.actor, key)
    rows = queries.floor_rows(key)
    entries = [FloorEntry.of(row) for row in rows]
    zone = rows[0].time_zone if rows else None
    guests = {team_id: str(cap) for team_id, cap in queries.guest_caps(dict(_teams(key))).items()}
    return _floors_page(key, entries, zone, guests, [])


@bp.post("/departments/<key>/floors")
@signed_in
def set_floors(key: str) -> Any:
    """Replace a department's floors, and set how many guests each of its teams takes."""
    access.get_department(g.actor, key)
    zone = request.form.get("time_zone", "")
    entries, lines, errors = parse_floors(request.form)
    if zone not in _zones(key):
        errors.append(_("Choose the time zone of the department."))
    typed, guests, wrong = parse_guests(request.form, _teams(key))
    errors += wrong
    if errors:
        return _floors_page(key, entries, zone, typed, errors), 422
    with transaction():
        service.set_floors(key, zone, lines, clock.now())
        for team_id, cap in guests.items():
            service.set_guest_cap(team_id, cap)
    flash(_("Floors saved. They hold from now on; what is booked stays booked."), "success")
    return redirect(url_for("scheduling.floors", key=key), 303)


def _teams(key: str) -> list[tuple[int, str]]:
    return [(team_id, name) for team_id, name, department in people.list_teams() if department == key]


def _floors_page(
    key: str, entries: list[FloorEntry], zone: str | None, guests: dict[int, str], errors: list[str]
) -> str:
    zones = _zones(key)
    return render_template(
        "scheduling/floors.html",
        key=key,
        name=access.get_department(g.actor, key),
        entries=entries + [FloorEntry()] * BLANK_LINES,
        zones=[(each, each) for each in zones],
        zone=zone or zones[0],
        errors=errors,
        weekdays=weekday_options(),
        teams=_teams(key),
        guests=guests,
    )


def _zones(key: str) -> list[str]:
    stored = [row.time_zone for row in queries.floor_rows(key)]
    return list(dict.fromkeys([*queries.zones_of(key), *stored, g.actor.time_zone]))


def weekday_options() -> list[tuple[str, str]]:
    """Return the choices of a floor's days."""
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return [("0-4", _("Mon to Fri")), *((str(n), name) for n, name in enumerate(names))]


def _away(away: queries.Away, names: dict[int, str]) -> dict[str, Any]:
    words = {"leave": _("on leave"), "rotation": _("on rotation"), "session": _("in a session")}
    text = words[away.why]
    if away.why == "session":
        text = f"{text}, {span_text(away.from_at, away.until_at)}"
    return {"name": names.get(away.person_id, ""), "text": text, "why": away.why}
