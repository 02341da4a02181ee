"""Reads of onboarding: enrolments with their standing, in a bounded number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, Text, bindparam, cast, func, select

from app.competency import queries_heat as competency
from app.curriculum import queries as curriculum
from app.lines import lines, moment, parsed
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
_CONFIRMED = (
    select(lines(StepConfirmation.step_id, StepConfirmation.confirmed_at))
    .where(StepConfirmation.enrolment_id == Enrolment.id)
    .scalar_subquery()
)
_NUDGED = select(func.max(Nudge.sent_at)).where(Nudge.enrolment_id == Enrolment.id).scalar_subquery()
_RUNNING: Select[*tuple[Any, ...]] = select(
    Enrolment.id, Enrolment.person_id, Enrolment.programme_id, Enrolment.starts_on, _CONFIRMED, _NUDGED
).where(Enrolment.ended_at.is_(None))
_RUNNING_OF = _RUNNING.where(Enrolment.person_id.in_(bindparam("ids", expanding=True)))
_RUNNING_ONE = _RUNNING.where(Enrolment.id == bindparam("enrolment_id"))


@dataclass(frozen=True, eq=False)
class NewHire:
    """One enrolment with the person, the programme and where they stand today.

    As long as nothing that was read of it differs, it stays the same object: what is made of it can be kept
    under it.
    """

    enrolment_id: int
    person: PersonCard
    programme: Programme
    starts_on: date
    standing: Standing
    nudged_at: datetime | None

    @cached_property
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
    found = _new_hires(fetch(_RUNNING_ONE, {"enrolment_id": enrolment_id}).all(), now)
    return found[0] if found else None


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a programme asks of one department's people; one object per content, as long as it is kept."""

    programme: Programme
    modules: curriculum.ModuleSteps
    competencies: frozenset[str]


class _Known(NamedTuple):
    """What the database says of one enrolment: all that a new hire and their standing hang on.

    `completed`, `levels` and `confirmed` are texts of `app.lines`.
    """

    enrolment_id: int
    person: PersonCard
    asked: _Asked
    starts_on: date
    today: date
    nudged_at: datetime | None
    completed: str
    levels: str
    sessions: tuple[tuple[str, str, datetime], ...]
    confirmed: str


def _new_hires(rows: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> list[NewHire]:
    """Read what the steps of these enrolments look at, and say where each stands."""
    cards = people.cards([row.person_id for row in rows])
    active = [(card, row) for row in rows if (card := cards[row.person_id]).is_active]
    if not active:
        return []
    ids = list({card.person_id for card, _row in active})
    asked = _asked_of({(row.programme_id, card.department_key) for card, row in active})
    zones = {card.time_zone for card, _row in active}
    days = {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}
    completed = curriculum.completed_at(ids)
    levels = competency.highest_held(ids, {one for each in asked.values() for one in each.competencies})
    sessions: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    for session in scheduling.held_sessions(ids):
        sessions[session.person_id].append((session.kind, session.other_department or "", session.at))
    found = []
    for card, (enrolment_id, person_id, programme_id, starts_on, confirmed, nudged_at) in active:
        known = _Known(
            enrolment_id,
            card,
            asked[programme_id, card.department_key],
            starts_on,
            days[card.time_zone],
            nudged_at,
            completed.get(person_id, ""),
            levels.get(person_id, ""),
            tuple(sessions[person_id]),
            confirmed or "",
        )
        found.append(_new_hire(known))
    return sorted(found, key=lambda hire: (hire.starts_on, hire.person.name), reverse=True)


def _asked_of(wanted: Collection[tuple[str, str | None]]) -> dict[tuple[str, str | None], _Asked]:
    """Return what some programmes ask of some departments, by both keys."""
    definitions: dict[str, str] = {key: text for key, text, _at in fetch(_PROGRAMMES)}
    out = {}
    for programme_id, department_key in wanted:
        definition = definitions[programme_id]
        modules = curriculum.steps_of(_targets(definition, Rule.MODULE), department_key)
        out[programme_id, department_key] = _asked(definition, modules)
    return out


@lru_cache(maxsize=256)
def _asked(definition: str, modules: curriculum.ModuleSteps) -> _Asked:
    return _Asked(_programme(definition), modules, _targets(definition, Rule.COMPETENCY))


@lru_cache(maxsize=256)
def _targets(definition: str, rule: Rule) -> frozenset[str]:
    """Return what the steps that a rule completes point at."""
    milestones = _programme(definition).milestones
    return frozenset(step.target for each in milestones for step in each.steps if step.rule is rule)


@lru_cache(maxsize=2048)
def _new_hire(known: _Known) -> NewHire:
    """Judge an enrolment; kept under all that was read of it, so that whatever changes is judged anew."""
    return NewHire(
        known.enrolment_id,
        known.person,
        known.asked.programme,
        known.starts_on,
        _standing(known),
        known.nudged_at,
    )


def _standing(known: _Known) -> Standing:
    zone = ZoneInfo(known.person.time_zone)
    held = [SessionFact(kind, other, at.astimezone(zone).date()) for kind, other, at in known.sessions]
    done = {key: moment(at) for key, at in parsed(known.completed).items()}
    confirmed = {key: moment(at).astimezone(zone).date() for key, at in parsed(known.confirmed).items()}
    standings = curriculum.module_standings(known.asked.modules, done)
    days = [max(done.values()).astimezone(zone).date()] if done else []
    days += [fact.held_on for fact in held] + list(confirmed.values())
    facts = Facts(
        modules_done_on={
            key: each.done_at.astimezone(zone).date() for key, each in standings.items() if each.done_at
        },
        highest_levels={key: int(level) for key, level in parsed(known.levels).items()},
        sessions=held,
        confirmed_on=confirmed,
        module_minutes_left={key: each.minutes_left for key, each in standings.items()},
        weekly_budget_minutes=known.person.weekly_budget_minutes,
        last_active_on=max(days, default=None),
    )
    return stand(known.asked.programme, known.starts_on, facts, known.today)


@lru_cache(maxsize=64)
def _programme(definition: str) -> Programme:
    """Return a stored programme; kept under its whole text, so that a changed one is another."""
    return from_json(json.loads(definition))
