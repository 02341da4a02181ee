"""Reads of onboarding: enrolments with their standing, in a bounded number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Text, bindparam, cast, func, select

from app.competency import queries_heat as competency
from app.curriculum import queries as curriculum
from app.onboarding.definitions import Programme, Rule
from app.onboarding.models import Enrolment, Nudge, OnboardingProgramme, StepConfirmation
from app.onboarding.standing import Facts, SessionFact, Standing, stand
from app.onboarding.stored import from_json
from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch
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
        return self.starts_on.isoformat()[:7]


def list_programmes() -> list[Programme]:
    """Return the living programmes by title."""
    found = fetch(_PROGRAMMES).all()
    return [_programme(definition) for _key, definition, retired_at in found if retired_at is None]


def list_new_hires(now: datetime, *, person_ids: Collection[int] | None = None) -> list[NewHire]:
    """Return running enrolments, newest cohort first; of these people or of all."""
    if person_ids is None:
        return _new_hires(fetch(_RUNNING).all(), now)
    return _new_hires(fetch(_RUNNING_OF, {"ids": list(set(person_ids))}).all(), now)


def find_new_hire(enrolment_id: int, now: datetime) -> NewHire | None:
    """Return one enrolment, or None."""
    found = _new_hires(fetch(_RUNNING.where(Enrolment.id == enrolment_id)).all(), now)
    return found[0] if found else None


def _new_hires(rows: Sequence[Row[Any]], now: datetime) -> list[NewHire]:
    if not rows:
        return []
    cards = people.cards([row.person_id for row in rows])
    rows = [row for row in rows if cards[row.person_id].is_active]
    definitions: dict[str, str] = {key: text for key, text, _at in fetch(_PROGRAMMES)}
    nudges = fetch(_NUDGES, {"ids": [row.id for row in rows]})
    nudged: dict[int, datetime] = {enrolment_id: at for enrolment_id, at in nudges}  # noqa: C416 - a Row is no pair to mypy
    out = [
        NewHire(
            row.id,
            cards[row.person_id],
            _programme(known.definition),
            row.starts_on,
            _standing(known),
            nudged.get(row.id),
        )
        for row, known in zip(rows, _read(rows, cards, definitions, now), strict=True)
    ]
    return sorted(out, key=lambda hire: (hire.starts_on, hire.person.name), reverse=True)


class _Known(NamedTuple):
    """What the database says of one enrolment: all that a standing hangs on, in the order it was read."""

    definition: str
    starts_on: date
    today: date
    zone: str
    weekly_budget_minutes: int
    modules: curriculum.ModuleSteps
    completed: tuple[tuple[str, datetime], ...]
    levels: tuple[tuple[str, int], ...]
    sessions: tuple[tuple[str, str, datetime], ...]
    confirmed: tuple[tuple[str, datetime], ...]


def _read(
    rows: Sequence[Row[Any]],
    cards: Mapping[int, PersonCard],
    definitions: Mapping[str, str],
    now: datetime,
) -> Iterator[_Known]:
    """Read what the steps of these enrolments look at, for each of them in order."""
    ids = {row.person_id for row in rows}
    targets: dict[Rule, set[str]] = defaultdict(set)
    for key in {row.programme_id for row in rows}:
        for milestone in _programme(definitions[key]).milestones:
            for step in milestone.steps:
                targets[step.rule].add(step.target)
    departments = {cards[each].department_key for each in ids}
    modules = {each: curriculum.steps_of(targets[Rule.MODULE], each) for each in departments}
    completed = curriculum.completed_at(ids)
    levels = competency.highest_held(ids, targets[Rule.COMPETENCY])
    sessions: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    for session in scheduling.held_sessions(ids):
        sessions[session.person_id].append((session.kind, session.other_department or "", session.at))
    confirmed: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for enrolment_id, step_id, at in fetch(_CONFIRMED, {"ids": [row.id for row in rows]}):
        confirmed[enrolment_id].append((step_id, at))
    days = {card.time_zone: now.astimezone(ZoneInfo(card.time_zone)).date() for card in cards.values()}
    for row in rows:
        card = cards[row.person_id]
        yield _Known(
            definitions[row.programme_id],
            row.starts_on,
            days[card.time_zone],
            card.time_zone,
            card.weekly_budget_minutes,
            modules[card.department_key],
            completed[row.person_id],
            tuple(levels[row.person_id].items()),
            tuple(sessions[row.person_id]),
            tuple(confirmed[row.id]),
        )


@lru_cache(maxsize=2048)
def _standing(known: _Known) -> Standing:
    """Judge an enrolment; kept under all that was read of it, so that whatever changes is judged anew."""
    zone = ZoneInfo(known.zone)
    held = [SessionFact(kind, other, at.astimezone(zone).date()) for kind, other, at in known.sessions]
    done = dict(known.completed)
    confirmed = {step_id: at.astimezone(zone).date() for step_id, at in known.confirmed}
    standings = curriculum.module_standings(known.modules, done)
    days = [max(done.values()).astimezone(zone).date()] if done else []
    days += [fact.held_on for fact in held] + list(confirmed.values())
    facts = Facts(
        modules_done_on={
            key: each.done_at.astimezone(zone).date() for key, each in standings.items() if each.done_at
        },
        highest_levels=dict(known.levels),
        sessions=held,
        confirmed_on=confirmed,
        module_minutes_left={key: each.minutes_left for key, each in standings.items()},
        weekly_budget_minutes=known.weekly_budget_minutes,
        last_active_on=max(days, default=None),
    )
    return stand(_programme(known.definition), known.starts_on, facts, known.today)


@lru_cache(maxsize=64)
def _programme(definition: str) -> Programme:
    """Return a stored programme; kept under its whole text, so that a changed one is another."""
    return from_json(json.loads(definition))
