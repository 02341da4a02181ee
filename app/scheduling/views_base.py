"""The blueprint of scheduling and what its pages share: the week asked for, and events of a week grid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from app import clock
from app.scheduling.availability import local
from app.scheduling.kinds import SessionKind, State
from app.scheduling.queries_sessions import SessionFact
from app.scheduling.views_words import session_meta, session_title, state_badge
from app.web import formatting
from app.weeks import monday, monday_of

bp = Blueprint("scheduling", __name__, template_folder="templates")

EVENT_KINDS = {SessionKind.WORKSHOP: "workshop", SessionKind.ROLE_PLAY: "roleplay"}
WEEKS_AHEAD = 26


def asked_monday(zone: str) -> date:
    """Return the Monday named by `?week=`, or this week's in `zone`; any day names its week."""
    now = clock.now()
    this_week = monday_of(now, zone)
    try:
        day = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return this_week
    return min(max(monday(day), this_week - timedelta(weeks=104)), this_week + timedelta(weeks=WEEKS_AHEAD))


def session_event(fact: SessionFact, zone: str, reader_id: int) -> tuple[date, dict[str, Any]]:
    """Return the local day of a session and its event for the week grid."""
    on, _weekday, minute = local(fact.starts_at, zone)
    kind = EVENT_KINDS.get(fact.kind, "shadowing")
    proposed = fact.state == State.PROPOSED
    return on, {
        "start": minute,
        "minutes": fact.minutes,
        "title": session_title(fact, reader_id),
        "time": span_text(fact.starts_at, fact.ends_at),
        "meta": session_meta(fact) or None,
        "href": f"/sessions/{fact.session_id}",
        "kind": "proposed" if proposed else kind,
        "state": state_badge(fact.state)[0] if proposed else None,
    }


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """Return "10:00–11:00" in the reader's zone."""
    return f"{start_text(starts_at)}–{start_text(ends_at)}"


def start_text(at: datetime) -> str:
    """Return "10:00" in the reader's zone."""
    return formatting.clock_time(at, zone=formatting.reader_zone(), locale=formatting.reader_locale())


def week_days(
    monday: date, events: Iterable[tuple[date, dict[str, Any]]], notes: dict[date, str] | None = None
) -> list[dict[str, Any]]:
    """Return the days of a week for the grid; the weekend only where something happens on it."""
    by_day: dict[date, list[dict[str, Any]]] = {}
    for on, event in events:
        by_day.setdefault(on, []).append(event)
    zone, locale = formatting.reader_zone(), formatting.reader_locale()
    today = clock.now().astimezone(zone).date()
    length = 7 if any(on.weekday() > 4 for on in by_day) else 5
    days = []
    for n in range(length):
        on = monday + timedelta(days=n)
        days.append(
            {
                "title": formatting.day(on, today=today, locale=locale),
                "today": on == today,
                "note": (notes or {}).get(on),
                "events": sorted(by_day.get(on, []), key=lambda event: event["start"]),
            }
        )
    return days


def hours_of(days: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Return the first and last hour the grid needs, at least 8 to 18."""
    first, last = 8, 18
    for day in days:
        for event in day["events"]:
            first = min(first, event["start"] // 60)
            last = max(last, -(-(event["start"] + event["minutes"]) // 60))
    return first, min(last, 24)


def iso(at: datetime) -> str:
    """Return a moment as forms and addresses carry it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M+00:00")


def changed_meanwhile() -> None:
    """Tell the person that somebody else was quicker, and what to do."""
    flash(
        _("This changed while you were looking at it. Here is how it stands; please decide again."), "warning"
    )


def reader_id() -> int:
    """Return the id of the person reading."""
    return int(g.actor.person_id)
