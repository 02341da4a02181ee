"""Reads of role-plays, rounds and sheets; frozen results, a bounded number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, select

from app.competency import queries as competency
from app.db import db
from app.facts import Gone
from app.people import queries as people
from app.people.identity import PersonCard
from app.roleplays.definition_text import from_text
from app.roleplays.definitions import RolePlayDefinition
from app.roleplays.models import AssessmentRound, Observation, Reconciliation, RolePlay, RolePlayVersion
from app.roleplays.rating import Rating, RolePlayResult, aggregate, rubric_of
from app.roleplays.sheet import Sheet
from app.roleplays.states import LIVE_ROUNDS, RoundState, SheetState

ASSESSOR_LEVEL = 3


@dataclass(frozen=True)
class RolePlayFacts:
    """A living role-play with its newest version."""

    activity_key: str
    title: str
    competency_ids: tuple[str, ...]
    module_id: str
    activity_id: str


@dataclass(frozen=True)
class SheetFact:
    """One observer's sheet; `clock_started_at` is set while the stop-watch runs."""

    id: int
    round_id: int
    assessor_id: int
    state: SheetState
    further: bool
    asked_at: datetime
    submitted_at: datetime | None
    sheet: Sheet
    clock_seconds: int
    clock_started_at: datetime | None
    declined_reason: str
    helpful_rating: int | None

    @property
    def begun(self) -> bool:
        """Tell whether the observer has entered anything or started the clock."""
        entered = self.sheet.scores or self.sheet.overall_note or any(self.sheet.notes.values())
        return bool(entered or self.clock_seconds or self.clock_started_at)


@dataclass(frozen=True)
class Proposal:
    """A joint decision: the level per criterion, why, and who has agreed."""

    levels: Mapping[str, int]
    note: str
    proposed_by: int
    agreed_by: tuple[int, ...]
    settled: bool


@dataclass(frozen=True)
class RoundFact:
    """One role-play of one learner with every observer's sheet and the pinned definition."""

    id: int
    learner_id: int
    activity_key: str
    definition: RolePlayDefinition
    state: RoundState
    requested_at: datetime
    requested_by: int
    done_at: datetime | None
    passed: bool | None
    mean: float | None
    level_changes: tuple[Mapping[str, object], ...]
    sheets: tuple[SheetFact, ...]
    proposal: Proposal | None

    @property
    def live(self) -> bool:
        return self.state in LIVE_ROUNDS

    @property
    def submitted(self) -> tuple[SheetFact, ...]:
        return tuple(each for each in self.sheets if each.state is SheetState.SUBMITTED)

    @property
    def awaited(self) -> tuple[SheetFact, ...]:
        return tuple(each for each in self.sheets if each.state is SheetState.DRAFT)

    @property
    def observer_ids(self) -> tuple[int, ...]:
        return tuple(each.assessor_id for each in self.submitted)

    @property
    def module_id(self) -> str:
        return self.activity_key.split("/", maxsplit=1)[0]

    @property
    def activity_id(self) -> str:
        return self.activity_key.split("/", maxsplit=1)[1]

    def sheet_of(self, person_id: int) -> SheetFact | None:
        return next((each for each in self.sheets if each.assessor_id == person_id), None)


@dataclass(frozen=True)
class Assessors:
    """Who may be asked to assess; `fallback` when nobody holds the level and the line or HR stands in."""

    cards: tuple[PersonCard, ...]
    fallback: bool


def find_role_play(activity_key: str) -> RolePlayFacts | None:
    """Return a living role-play, or None."""
    row = db.session.get(RolePlay, activity_key)
    return _facts(row) if row is not None and row.retired_at is None else None


def list_role_plays() -> list[RolePlayFacts]:
    """Return the living role-plays by title."""
    rows = db.session.scalars(
        select(RolePlay).where(RolePlay.retired_at.is_(None)).order_by(RolePlay.title, RolePlay.activity_key)
    )
    return [_facts(row) for row in rows]


def newest_version(activity_key: str) -> tuple[int, RolePlayDefinition]:
    """Return (version id, definition) that a new round would pin. Raises Gone."""
    row = db.session.execute(
        select(RolePlayVersion.id, RolePlayVersion.digest)
        .where(RolePlayVersion.activity_key == activity_key)
        .order_by(RolePlayVersion.number.desc())
        .limit(1)
    ).first()
    if row is None:
        raise Gone(activity_key)
    return row.id, _definition(row.id, row.digest)


def find_round(round_id: int) -> RoundFact | None:
    """Return one round, or None."""
    return next(iter(_rounds(AssessmentRound.id == round_id)), None)


def find_round_of_sheet(sheet_id: int) -> RoundFact | None:
    """Return the round a sheet belongs to, or None."""
    wanted = select(Observation.round_id).where(Observation.id == sheet_id).scalar_subquery()
    return next(iter(_rounds(AssessmentRound.id == wanted)), None)


def live_round(learner_id: int, activity_key: str) -> RoundFact | None:
    """Return the learner's round of this role-play that is not finished, or None."""
    return next(
        iter(
            _rounds(
                AssessmentRound.learner_id == learner_id,
                AssessmentRound.activity_key == activity_key,
                AssessmentRound.state.in_(LIVE_ROUNDS),
            )
        ),
        None,
    )


def rounds_of(learner_id: int, activity_key: str | None = None) -> list[RoundFact]:
    """Return a learner's rounds, newest first, of one role-play or of all."""
    where = [AssessmentRound.learner_id == learner_id]
    if activity_key is not None:
        where.append(AssessmentRound.activity_key == activity_key)
    return _rounds(*where)


def rounds_assessed_by(person_id: int, limit: int = 60) -> list[RoundFact]:
    """Return the rounds a person was asked to observe, newest first."""
    mine = select(Observation.round_id).where(Observation.assessor_id == person_id)
    return _rounds(AssessmentRound.id.in_(mine), limit=limit)


def result_of(found: RoundFact) -> RolePlayResult:
    """Bring the submitted sheets of a round together, joint decisions included."""
    ratings = [
        Rating(str(each.assessor_id), key, level, each.further)
        for each in found.submitted
        for key, level in each.sheet.scores.items()
    ]
    settled = found.proposal is not None and found.proposal.settled
    decisions = dict(found.proposal.levels) if found.proposal and settled else {}
    return aggregate(rubric_of(found.definition), ratings, decisions, found.definition.pass_mean)


def qualified_assessors(competency_ids: Collection[str], at: datetime) -> list[int]:
    """Return the ids of active people who hold level 3 or more in every one of these competencies."""
    held = [set(competency.qualified_hosts(each, at, ASSESSOR_LEVEL)) for each in competency_ids]
    return sorted(set.intersection(*held)) if held else []


def qualifications_of(person_id: int, at: datetime) -> set[str]:
    """Return the competencies in which a person may assess."""
    held = competency.levels_of(person_id, at)
    return {each.competency_id for each in held.values() if each.level >= ASSESSOR_LEVEL}


def assessors_for(learner_id: int, competency_ids: Collection[str], at: datetime) -> Assessors:
    """Return whom a learner may ask: qualified colleagues by name, else the nearest manager, else HR."""
    qualified = [each for each in qualified_assessors(competency_ids, at) if each != learner_id]
    chosen = qualified or _stand_ins(learner_id)
    cards = people.cards(chosen)
    named = sorted((c for c in cards.values() if c.is_active), key=lambda c: (c.name, c.person_id))
    return Assessors(tuple(named), not qualified)


def _stand_ins(learner_id: int) -> list[int]:
    line = people.manager_line_of(learner_id)
    cards = people.cards(line)
    nearest = next((each for each in line if each in cards and cards[each].is_active), None)
    return [nearest] if nearest is not None else [each for each in people.list_hr() if each != learner_id]


def _facts(row: RolePlay) -> RolePlayFacts:
    module_id, activity_id = row.activity_key.split("/", maxsplit=1)
    return RolePlayFacts(row.activity_key, row.title, tuple(row.competency_ids), module_id, activity_id)


def _rounds(*where: ColumnElement[bool], limit: int | None = None) -> list[RoundFact]:
    """Return rounds, newest first, in three queries however many they are."""
    rows = db.session.execute(
        select(AssessmentRound, RolePlayVersion.digest, Reconciliation)
        .join(RolePlayVersion, RolePlayVersion.id == AssessmentRound.version_id)
        .outerjoin(Reconciliation, Reconciliation.round_id == AssessmentRound.id)
        .where(*where)
        .order_by(AssessmentRound.requested_at.desc(), AssessmentRound.id.desc())
        .limit(limit)
    ).all()
    sheets: dict[int, list[SheetFact]] = {row[0].id: [] for row in rows}
    if sheets:
        for each in db.session.scalars(
            select(Observation).where(Observation.round_id.in_(sheets)).order_by(Observation.id)
        ):
            sheets[each.round_id].append(_sheet(each))
    return [_round(row, digest, decided, sheets[row.id]) for row, digest, decided in rows]


def _round(
    row: AssessmentRound, digest: str, decided: Reconciliation | None, sheets: list[SheetFact]
) -> RoundFact:
    return RoundFact(
        id=row.id,
        learner_id=row.learner_id,
        activity_key=row.activity_key,
        definition=_definition(row.version_id, digest),
        state=RoundState(row.state),
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        done_at=row.done_at,
        passed=row.passed,
        mean=row.mean,
        level_changes=tuple(row.level_changes),
        sheets=tuple(sheets),
        proposal=_proposal(decided) if decided else None,
    )


def _proposal(row: Reconciliation) -> Proposal:
    return Proposal(
        dict(row.levels), row.note, row.proposed_by, tuple(row.agreed_by), row.settled_at is not None
    )


def _sheet(row: Observation) -> SheetFact:
    return SheetFact(
        id=row.id,
        round_id=row.round_id,
        assessor_id=row.assessor_id,
        state=SheetState(row.state),
        further=row.further,
        asked_at=row.asked_at,
        submitted_at=row.submitted_at,
        sheet=Sheet(dict(row.scores), dict(row.notes), row.overall_note, row.global_rating),
        clock_seconds=row.clock_seconds,
        clock_started_at=row.clock_started_at,
        declined_reason=row.declined_reason,
        helpful_rating=row.helpful_rating,
    )


@lru_cache(maxsize=128)
def _definition(version_id: int, digest: str) -> RolePlayDefinition:
    """Read one version; kept in memory, since a version never changes."""
    text = db.session.scalar(select(RolePlayVersion.definition).where(RolePlayVersion.id == version_id))
    return from_text(text or "")
