"""My week, my invitations, what comes and what waits for a debrief."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.people import queries as people
from app.scheduling import access, queries
from app.scheduling.availability import away_on
from app.scheduling.views_base import asked_monday, bp, hours_of, session_event, week_days
from app.scheduling.views_words import mode_name, session_meta, session_title, state_badge
from app.web.guard import signed_in
from app.weeks import week_span


@bp.get("/schedule")
@signed_in
def schedule() -> Any:
    """Show the reader's week as a grid or a list, with what waits for an answer or a debrief."""
    actor, now = g.actor, clock.now()
    monday = asked_monday(actor.time_zone)
    from_at, until_at = week_span(monday, actor.time_zone)
    facts = queries.sessions_between([actor.person_id], from_at, until_at)
    events = [session_event(fact, actor.time_zone, actor.person_id) for fact in facts]
    leave = people.leave_of([actor.person_id], monday, monday + timedelta(days=6))[actor.person_id]
    rotations = queries.live_spans(actor.person_id, monday, monday + timedelta(days=6))
    days = week_days(monday, events, _notes(monday, leave, rotations))
    first, last = hours_of(days)
    return render_template(
        "scheduling/schedule.html",
        monday=monday,
        days=days,
        facts=facts,
        as_list=request.args.get("view") == "list",
        first_hour=first,
        last_hour=last,
        invitations=queries.answers_wanted(actor, now),
        rotation_invitations=queries.rotation_answers_wanted(actor),
        upcoming=queries.upcoming_for(actor.person_id, now, 8),
        to_debrief=queries.to_debrief_for(actor.person_id, now),
        to_sign_off=queries.to_sign_off_for(actor.person_id, now),
        recent=queries.recent_for(actor.person_id, 6),
        teams=access.teams_of(actor),
        title_of=lambda fact: session_title(fact, actor.person_id),
        meta_of=session_meta,
        state_badge=state_badge,
        mode_name=mode_name,
        week_url=lambda weeks: _week_url(monday + timedelta(weeks=weeks)),
    )


def _week_url(monday: date) -> str:
    view = "list" if request.args.get("view") == "list" else None
    return url_for("scheduling.schedule", week=monday.isoformat(), view=view)


def _notes(
    monday: date, leave: list[tuple[date, date]], rotations: list[queries.RotationFact]
) -> dict[date, str]:
    notes = {}
    for on in (monday + timedelta(days=n) for n in range(7)):
        there = next((r for r in rotations if r.from_on <= on <= r.until_on), None)
        if away_on(on, tuple(leave)):
            notes[on] = _("On leave")
        elif there is not None:
            notes[on] = _("With %(team)s", team=there.host_team_name)
    return notes
