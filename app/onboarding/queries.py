"""Reads of onboarding: enrolments with their standing, in a bounded number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.competency import queries as competency
from app.curriculum import queries as curriculum
from app.db import db
from app.onboarding.definitions import Programme
from app.onboarding.models import Enrolment, Nudge, OnboardingProgramme, StepConfirmation
from app.onboarding.standing import Facts, SessionFact, Standing, stand
from app.onboarding.stored import from_json
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling import queries_sessions as scheduling


@dataclass(frozen=True)
class NewHire:
    """One enrolment with the person, the programme and where they stand today."""

    enrolment_id: int
    person: PersonCard
    programme: Programme
    starts_on: date
    standing: Standing
    nudged_at: datetime | None

    @property
    def cohort(self) -> str:
        """Return the month in which the person started, as 2026-11."""
        return f"{self.starts_on:%Y-%m}"


def list_programmes() -> list[Programme]:
    """Return the living programmes by title."""
    rows = db.session.scalars(
        select(OnboardingProgramme)
        .where(OnboardingProgramme.retired_at.is_(None))
        .order_by(OnboardingProgramme.title)
    )
    return [from_json(row.definition) for row in rows]


def list_new_hires(
    now: datetime, *, person_ids: Collection[int] | None = None, programme_id: str | None = None
) -> list[NewHire]:
    """Return running enrolments, newest cohort first; of these people or of all."""
    query = select(Enrolment).where(Enrolment.ended_at.is_(None))
    if person_ids is not None:
        query = query.where(Enrolment.person_id.in_(set(person_ids)))
    if programme_id is not None:
        query = query.where(Enrolment.programme_id == programme_id)
    return _new_hires(list(db.session.scalars(query)), now)


def find_new_hire(enrolment_id: int, now: datetime) -> NewHire | None:
    """Return one enrolment, or None."""
    row = db.session.get(Enrolment, enrolment_id)
    found = _new_hires([row], now) if row and row.ended_at is None else []
    return found[0] if found else None


def _new_hires(rows: list[Enrolment], now: datetime) -> list[NewHire]:
    ids = [row.person_id for row in rows]
    cards = people.cards(ids)
    programmes = {
        row.id: from_json(row.definition) for row in db.session.scalars(select(OnboardingProgramme))
    }
    facts = _facts(rows, cards, now)
    nudges = select(Nudge.enrolment_id, func.max(Nudge.sent_at)).group_by(Nudge.enrolment_id)
    nudged = {enrolment_id: at for enrolment_id, at in db.session.execute(nudges)}  # noqa: C416 - a Row is no pair to mypy
    out = []
    for row in rows:
        card = cards[row.person_id]
        if not card.is_active:
            continue
        programme = programmes[row.programme_id]
        today = now.astimezone(ZoneInfo(card.time_zone)).date()
        standing = stand(programme, row.starts_on, facts[row.id], today)
        out.append(NewHire(row.id, card, programme, row.starts_on, standing, nudged.get(row.id)))
    return sorted(out, key=lambda hire: (hire.starts_on, hire.person.name), reverse=True)


def _facts(rows: list[Enrolment], cards: dict[int, PersonCard], now: datetime) -> dict[int, Facts]:
    ids = [row.person_id for row in rows]
    progress = curriculum.progress_of(ids)
    done = curriculum.completed_modules_at(progress)
    levels = competency.matrix_for(ids, now)
    sessions: dict[int, list[scheduling.HeldSession]] = defaultdict(list)
    for session in scheduling.held_sessions(ids):
        sessions[session.person_id].append(session)
    active = curriculum.last_active_at(ids)
    confirmed: dict[int, dict[str, date]] = {row.id: {} for row in rows}
    for tick in db.session.scalars(
        select(StepConfirmation).where(StepConfirmation.enrolment_id.in_(confirmed))
    ):
        confirmed[tick.enrolment_id][tick.step_id] = tick.confirmed_at.date()
    out = {}
    for row in rows:
        zone = ZoneInfo(cards[row.person_id].time_zone)
        held = [
            SessionFact(s.kind, s.other_department or "", s.at.astimezone(zone).date())
            for s in sessions[row.person_id]
        ]
        last = active.get(row.person_id)
        days = [last.astimezone(zone).date()] if last else []
        days += [fact.held_on for fact in held] + list(confirmed[row.id].values())
        out[row.id] = Facts(
            modules_done_on={m: at.astimezone(zone).date() for m, at in done.get(row.person_id, {}).items()},
            highest_levels={c: h.highest_held for c, h in levels.get(row.person_id, {}).items()},
            sessions=held,
            confirmed_on=confirmed[row.id],
            module_minutes_left={m.module_id: m.minutes_left for m in progress[row.person_id].values()},
            weekly_budget_minutes=cards[row.person_id].weekly_budget_minutes,
            last_active_on=max(days, default=None),
        )
    return out
