"""The secret address that a calendar follows, and the file it finds there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, session, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling import queries, service
from app.scheduling.calendar_file import CalendarEntry, Status, write_calendar
from app.scheduling.kinds import State
from app.scheduling.views_base import bp
from app.scheduling.views_words import session_meta, session_title
from app.web.guard import public, signed_in
from app.web.refusals import NotFound

BACK = timedelta(days=90)
STATUS: dict[State, Status] = {
    State.PROPOSED: "TENTATIVE",
    State.ACCEPTED: "CONFIRMED",
    State.HELD: "CONFIRMED",
    State.DECLINED: "CANCELLED",
    State.CANCELLED: "CANCELLED",
}
FRESH = "fresh_feed"


@bp.get("/calendar")
@signed_in
def calendar() -> Any:
    """Show the person's addresses; a new one is shown in full once."""
    token = session.pop(FRESH, None)
    return render_template(
        "scheduling/calendar.html",
        feeds=queries.feeds_of(g.actor.person_id),
        address=_address(token) if token else None,
    )


@bp.post("/calendar")
@signed_in
def create_feed() -> Any:
    """Make a new secret address."""
    with transaction():
        session[FRESH] = service.create_feed(g.actor, clock.now())
    return redirect(url_for("scheduling.calendar"), 303)


@bp.post("/calendar/<int:feed_id>/revoke")
@signed_in
def revoke_feed(feed_id: int) -> Any:
    """Close one of the person's own addresses."""
    with transaction():
        if not service.revoke_feed(g.actor, feed_id, clock.now()):
            raise NotFound()
    flash(_("The address is closed. Calendars that follow it find nothing there any more."), "success")
    return redirect(url_for("scheduling.calendar"), 303)


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Any:
    """Serve the calendar that a secret opens."""
    person_id = queries.person_of_feed(token)
    card = people.find_card(person_id) if person_id is not None else None
    if card is None or not card.is_active:
        raise NotFound()
    body = write_calendar(_entries(card), zone=card.time_zone, name=_("Tandem: %(name)s", name=card.name))
    return Response(
        body,
        mimetype="text/calendar",
        headers={"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"},
    )


def _entries(card: PersonCard) -> list[CalendarEntry]:
    since = clock.now() - BACK
    base = current_app.config["SETTINGS"].base_url.rstrip("/")
    entries = [
        CalendarEntry(
            uid=fact.uid,
            sequence=fact.sequence,
            status=STATUS[fact.state],
            summary=session_title(fact, card.person_id),
            description=session_meta(fact),
            url=f"{base}/sessions/{fact.session_id}",
            starts=fact.starts_at,
            ends=fact.ends_at,
            created_at=fact.created_at,
            changed_at=fact.changed_at,
        )
        for fact in queries.feed_sessions(card.person_id, since)
    ]
    entries += [
        CalendarEntry(
            uid=fact.uid,
            sequence=fact.sequence,
            status=STATUS[fact.state],
            summary=_("%(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name),
            description="\n".join(task.title for task in fact.tasks),
            url=f"{base}/rotations/{fact.rotation_id}",
            starts=fact.from_on,
            ends=fact.until_on,
            created_at=fact.created_at,
            changed_at=fact.changed_at,
        )
        for fact in queries.rotations_of([card.person_id], since=since.date())
    ]
    return entries


def _address(token: str) -> str:
    base = current_app.config["SETTINGS"].base_url.rstrip("/")
    return f"{base}/calendar/{token}.ics"
