"""Ready-made sessions: a qualified host, a free hour, and each step of a session's life."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.db import db, transaction
from app.people.models import Leave
from app.people.queries import actor_for
from app.scheduling import service
from app.scheduling.inputs import DebriefNotes, SessionProposal
from app.scheduling.kinds import Mode, SessionKind
from app.scheduling.models_calendar import DepartmentFloor, PairingRule
from app.scheduling.queries import find_session
from tests.competency.support import bring, load
from tests.support.factories import NOW, Org

AT = datetime(2026, 6, 4, 8, 0, tzinfo=UTC)  # Thursday 10:00 in Berlin
NOTES = DebriefNotes("A call about seats", "I ask one open question", "Assist next week")


def ready(org: Org) -> None:
    """Load the framework and let the host hold level 3."""
    load()
    bring(org.host, 3, org.other_manager, at=NOW - timedelta(days=5))


def wanted(org: Org, **changes: object) -> SessionProposal:
    base = SessionProposal(org.learner, org.host, SessionKind.SHADOWING, AT, 60, "spot-lead", Mode.OBSERVE)
    return replace(base, **changes)  # type: ignore[arg-type]


def propose(org: Org, by: str = "manager", now: datetime = NOW, **changes: object) -> int:
    with transaction():
        return service.propose_session(org.actor(by, now), wanted(org, **changes), now)


def accept(org: Org, session_id: int, *kinds: str, now: datetime = NOW) -> None:
    for kind in kinds:
        fact = find_session(session_id)
        assert fact
        with transaction():
            service.accept(org.actor(kind), session_id, fact.sequence, now)


def agreed(org: Org, **changes: object) -> int:
    """A session that the manager proposed and both accepted."""
    session_id = propose(org, **changes)
    accept(org, session_id, "learner", "host")
    return session_id


def after(session_id: int) -> datetime:
    """Ten minutes after a session's end."""
    fact = find_session(session_id)
    assert fact
    return fact.ends_at + timedelta(minutes=10)


def debrief(org: Org, session_id: int, kind: str, now: datetime, rating: int | None = None) -> bool:
    with transaction():
        return service.write_debrief(org.actor(kind), session_id, replace(NOTES, rating=rating), now)


def held(org: Org, **changes: object) -> int:
    """A session that took place and that both debriefed."""
    session_id = agreed(org, **changes)
    now = after(session_id)
    debrief(org, session_id, "learner", now, rating=5)
    debrief(org, session_id, "host", now)
    return session_id


def on_leave(person_id: int, on: datetime = AT) -> None:
    with transaction():
        db.session.add(Leave(person_id=person_id, from_on=on.date(), until_on=on.date()))


def floor(department: str, minimum: int, weekday: int = 3) -> None:
    with transaction():
        db.session.add(
            DepartmentFloor(
                department_key=department,
                weekday=weekday,
                starts_minute=0,
                ends_minute=1440,
                minimum=minimum,
                time_zone="Europe/Berlin",
            )
        )


def ban(org: Org, a: int, b: int) -> None:
    with transaction():
        db.session.add(PairingRule(kind="ban", learner_id=a, host_id=b, set_by=org.hr, created_at=NOW))


def actor(person_id: int):
    return actor_for(person_id, NOW)
