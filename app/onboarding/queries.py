"""Reads of onboarding: enrolments with their standing, in a bounded number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Text, bindparam, cast, func, select

from app.competency import queries_heat as competency
from app.curriculum import queries as curriculum
from app.db import db
from app.onboarding.definitions import Programme, Rule
from app.onboarding.models import Enrolment, Nudge, OnboardingProgramme, StepConfirmation
from app.onboarding.standing import Facts, SessionFact, Standing, stand
from app.onboarding.stored import from_json
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling import queries_sessions as scheduling

_PROGRAMMES = select(
    OnboardingProgramme.id, cast(OnboardingProgramme.definition, Text), OnboardingProgramme.retired_at
).order_by(OnboardingProgramme.title)
_RUNNING: Select[*tuple[Any, ...]] = select(
    Enrolment.id, Enrolment.person_id, Enrolment.programme_id, Enrolment.starts_on
).where(Enrolment.ended_at.is_(None))
_RUNNING_OF = _RUNNING.where(Enrolment.person_id.in_(bindparam("ids", expanding=True)))
_NUDGES = (
    select(Nudge.enrolment_id, func.max(Nudge.sent_at))
    .where(Nudge.enrolment_id.in_(bindparam("ids", expanding=True)))
    .group_by(Nudge.enrolment_id)
)
_CONFIRMED = select(
    StepConfirmation.enrolment_id, StepConfirmation.step_id, StepConfirmation.confirmed_at
).where(StepConfirmation.enrolment_id.in_(bindparam("ids", expanding=True)))


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
    found = db.session.execute(_PROGRAMMES).all()
    return [_programme(definition) for _key, definition, retired_at in found if retired_at is None]


def list_new_hires(now: datetime, *, person_ids: Collection[int] | None = None) -> list[NewHire]:
    """Return running enrolments, newest cohort first; of these people or of all."""
    if person_ids is None:
        return _new_hires(db.session.execute(_RUNNING).all(), now)
    return _new_hires(db.session.execute(_RUNNING_OF, {"ids": list(set(person_ids))}).all(), now)


def find_new_hire(enrolment_id: int, now: datetime) -> NewHire | None:
    """Return one enrolment, or None."""
    found = _new_hires(db.session.execute(_RUNNING.where(Enrolment.id == enrolment_id)).all(), now)
    return found[0] if found else None


def _new_hires(rows: Sequence[Row[Any]], now: datetime) -> list[NewHire]:
    if not rows:
        return []
    cards = people.cards([row.person_id for row in rows])
    rows = [row for row in rows if cards[row.person_id].is_active]
    programmes = {key: _programme(definition) for key, definition, _at in db.session.execute(_PROGRAMMES)}
    facts = _facts(rows, cards, {row.programme_id: programmes[row.programme_id] for row in rows}, now)
    nudges = db.session.execute(_NUDGES, {"ids": [row.id for row in rows]})
    nudged: dict[int, datetime] = {enrolment_id: at for enrolment_id, at in nudges}  # noqa: C416 - a Row is no pair to mypy
    out = []
    for row in rows:
        card = cards[row.person_id]
        programme = programmes[row.programme_id]
        today = now.astimezone(ZoneInfo(card.time_zone)).date()
        standing = stand(programme, row.starts_on, facts[row.id], today)
        out.append(NewHire(row.id, card, programme, row.starts_on, standing, nudged.get(row.id)))
    return sorted(out, key=lambda hire: (hire.starts_on, hire.person.name), reverse=True)


def _facts(
    rows: Sequence[Row[Any]],
    cards: Mapping[int, PersonCard],
    programmes: Mapping[str, Programme],
    now: datetime,
) -> dict[int, Facts]:
    """Read what the steps of these programmes look at, for every enrolment."""
    ids = {row.person_id for row in rows}
    targets: dict[Rule, set[str]] = defaultdict(set)
    for programme in programmes.values():
        for milestone in programme.milestones:
            for step in milestone.steps:
                targets[step.rule].add(step.target)
    modules = curriculum.module_standings(
        {each: cards[each].department_key for each in ids}, targets[Rule.MODULE]
    )
    levels = competency.highest_held(ids, targets[Rule.COMPETENCY])
    sessions: dict[int, list[scheduling.HeldSession]] = defaultdict(list)
    for session in scheduling.held_sessions(ids):
        sessions[session.person_id].append(session)
    confirmed: dict[int, dict[str, date]] = {row.id: {} for row in rows}
    for enrolment_id, step_id, at in db.session.execute(_CONFIRMED, {"ids": list(confirmed)}):
        confirmed[enrolment_id][step_id] = at.date()
    out = {}
    for row in rows:
        zone = ZoneInfo(cards[row.person_id].time_zone)
        held = [
            SessionFact(s.kind, s.other_department or "", s.at.astimezone(zone).date())
            for s in sessions[row.person_id]
        ]
        standings, last = modules[row.person_id]
        days = [last.astimezone(zone).date()] if last else []
        days += [fact.held_on for fact in held] + list(confirmed[row.id].values())
        out[row.id] = Facts(
            modules_done_on={
                key: each.done_at.astimezone(zone).date() for key, each in standings.items() if each.done_at
            },
            highest_levels=levels[row.person_id],
            sessions=held,
            confirmed_on=confirmed[row.id],
            module_minutes_left={key: each.minutes_left for key, each in standings.items()},
            weekly_budget_minutes=cards[row.person_id].weekly_budget_minutes,
            last_active_on=max(days, default=None),
        )
    return out


@lru_cache(maxsize=64)
def _programme(definition: str) -> Programme:
    """Return a stored programme; kept under its whole text, so that a changed one is another."""
    return from_json(json.loads(definition))
