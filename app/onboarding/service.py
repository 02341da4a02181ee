"""What can be done with onboarding: load programmes, enrol, tick steps, nudge, remind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import exists, select

from app.db import db
from app.notifications import service as notifications
from app.notifications.kinds import NoticeKind
from app.onboarding import access, queries
from app.onboarding.definitions import Programme, Rule
from app.onboarding.models import Enrolment, Nudge, OnboardingProgramme, StepConfirmation
from app.onboarding.standing import StepState
from app.onboarding.stored import to_json
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.people.service import take_turn
from app.web.formatting import day
from app.web.refusals import Conflict, Forbidden, NotFound

NEW_FOR = timedelta(days=90)
NUDGE_EVERY = timedelta(hours=20)


def load_programmes(programmes: Sequence[Programme], now: datetime) -> list[str]:
    """Bring programmes to what the files say; return what changed, in words. Enrolments stay."""
    stored = {row.id: row for row in db.session.scalars(select(OnboardingProgramme))}
    changes = []
    for programme in programmes:
        row = stored.pop(programme.id, None)
        definition = to_json(programme)
        if row is None:
            db.session.add(OnboardingProgramme(id=programme.id, title=programme.title, definition=definition))
            changes.append(f"programme {programme.id}: new")
        elif row.definition != definition or row.retired_at is not None:
            row.title, row.definition, row.retired_at = programme.title, definition, None
            row.version += 1
            changes.append(f"programme {programme.id}: version {row.version}")
    for row in stored.values():
        if row.retired_at is None:
            row.retired_at = now
            changes.append(f"programme {row.id}: retired")
    db.session.flush()
    return changes


def enrol(person_id: int, programme: Programme, now: datetime) -> int | None:
    """Enrol a person from their start date; return the enrolment's id, or None when they already were."""
    already = select(exists().where(Enrolment.person_id == person_id, Enrolment.programme_id == programme.id))
    card = people.find_card(person_id)
    if card is None or not card.is_active:
        raise NotFound()
    if db.session.scalar(already):
        return None
    row = Enrolment(
        person_id=person_id,
        programme_id=programme.id,
        starts_on=card.started_on or _today(card, now),
        enrolled_at=now,
    )
    db.session.add(row)
    db.session.flush()
    notifications.enqueue(
        person_id,
        NoticeKind.ONBOARDING,
        _("Welcome: %(title)s", title=programme.title),
        f"{programme.gives_you} {_('Your steps and their days are listed for you.')}",
        now,
        link=f"/onboarding/{row.id}",
        dedupe_key=f"enrolled:{row.id}",
    )
    return row.id


def enrol_new_hires(now: datetime) -> int:
    """Enrol everyone who started within 90 days, or starts soon, in their job role's programme."""
    by_role: dict[str, list[Programme]] = {}
    for programme in queries.list_programmes():
        for key in programme.job_role_keys:
            by_role.setdefault(key, []).append(programme)
    enrolled = 0
    for card in people.list_active():
        started = card.started_on
        if started is None or not card.job_role_key or now.date() - started > NEW_FOR:
            continue
        for programme in by_role.get(card.job_role_key, []):
            enrolled += enrol(card.person_id, programme, now) is not None
    return enrolled


def confirm_step(actor: Actor, enrolment_id: int, step_id: str, now: datetime) -> None:
    """Tick a step that the actor may tick; ticking twice keeps the first. Raises NotFound, Forbidden."""
    take_turn(f"onboarding {enrolment_id}")
    hire = access.get_new_hire(actor, enrolment_id, now)
    step = next((s.step for s in hire.standing.steps if s.step.id == step_id), None)
    if step is None or step.rule is not Rule.CONFIRM:
        raise NotFound()
    if not access.can_confirm(actor, hire, step):
        raise Forbidden()
    if db.session.get(StepConfirmation, (enrolment_id, step_id)) is None:
        db.session.add(
            StepConfirmation(
                enrolment_id=enrolment_id, step_id=step_id, confirmed_by=actor.person_id, confirmed_at=now
            )
        )


def nudge(actor: Actor, enrolment_id: int, now: datetime) -> None:
    """Remind a new hire of what is overdue or next, once a day at most. Raises Conflict, Forbidden."""
    take_turn(f"onboarding {enrolment_id}")
    hire = access.get_new_hire(actor, enrolment_id, now)
    if not access.can_nudge(actor, hire):
        raise Forbidden()
    if hire.nudged_at and now - hire.nudged_at < NUDGE_EVERY:
        raise Conflict(
            _("%(name)s was reminded within the last day. One nudge a day is enough.", name=hire.person.name)
        )
    waiting = [s for s in hire.standing.steps if s.state is StepState.OVERDUE]
    following = hire.standing.next_step
    if not waiting and following:
        waiting = [following]
    if not waiting:
        raise Conflict(
            _("%(name)s has done every step. There is nothing to remind of.", name=hire.person.name)
        )
    db.session.add(Nudge(enrolment_id=enrolment_id, sent_by=actor.person_id, sent_at=now))
    lines = "\n".join(
        "• "
        + _(
            "%(step)s (due %(day)s)",
            step=s.step.title,
            day=_day(s.due_on, hire.person, now),
        )
        for s in waiting
    )
    notifications.enqueue(
        hire.person.person_id,
        NoticeKind.ONBOARDING,
        _("A reminder from %(name)s: %(step)s", name=actor.name, step=waiting[0].step.title),
        _(
            "Hello %(name)s,\n\nthis is still open:\n%(lines)s\n\n"
            "If something is in the way, tell your manager; that is what the list is for.",
            name=hire.person.name,
            lines=lines,
        ),
        now,
        link=f"/onboarding/{enrolment_id}",
    )


def remind_due(now: datetime) -> None:
    """Tell each new hire once, two days ahead, what is due."""
    for hire in queries.list_new_hires(now):
        for standing in hire.standing.steps:
            days = (standing.due_on - _today(hire.person, now)).days
            if standing.state is StepState.SOON and days <= 2:
                notifications.enqueue(
                    hire.person.person_id,
                    NoticeKind.ONBOARDING,
                    _(
                        "Due %(day)s: %(step)s",
                        day=_day(standing.due_on, hire.person, now),
                        step=standing.step.title,
                    ),
                    _("This step of your onboarding is due soon."),
                    now,
                    link=f"/onboarding/{hire.enrolment_id}",
                    dedupe_key=f"due:{hire.enrolment_id}:{standing.step.id}",
                )


def _today(person: PersonCard, now: datetime) -> date:
    return now.astimezone(ZoneInfo(person.time_zone)).date()


def _day(on: date, to: PersonCard, now: datetime) -> str:
    return day(on, today=_today(to, now), locale=to.locale)
