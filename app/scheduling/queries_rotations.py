"""Reads of rotations and of the facts their rules judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from app.competency import queries as competency
from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch
from app.scheduling.availability import Spans, local
from app.scheduling.inputs import RotationProposal
from app.scheduling.kinds import GUEST_CAP, LIVE, TAKING_TIME, Answer, Part, State
from app.scheduling.models_rotations import GuestCap, Rotation, RotationAnswer, RotationTask
from app.scheduling.queries_facts import load_diaries, load_duty
from app.scheduling.queries_sessions import PartAnswer
from app.scheduling.rotation_rules import (
    HostTeam,
    WantedRotation,
    judge_rotation,
    rotation_slots,
)
from app.scheduling.rules import RuleRefusal
from app.weeks import midnight

_TO_ANSWER = select(Rotation.id).where(
    Rotation.id.in_(
        select(RotationAnswer.rotation_id).where(
            RotationAnswer.person_id.in_(bindparam("ids", expanding=True)),
            RotationAnswer.answer == Answer.WAITING,
        )
    ),
    Rotation.state == State.PROPOSED,
)
_TO_SIGN_OFF = select(Rotation.id).where(
    Rotation.supervisor_id == bindparam("supervisor_id"),
    Rotation.state.in_([State.ACCEPTED, State.HELD]),
    Rotation.id.in_(select(RotationTask.rotation_id).where(RotationTask.signed_off_at.is_(None))),
)


@dataclass(frozen=True, slots=True)
class TaskFact:
    """Show one task of a rotation."""

    task_id: int
    title: str
    competency_id: str | None
    competency_title: str | None
    signed_off_at: datetime | None
    signed_off_by: int | None
    note: str


@dataclass(frozen=True, slots=True)
class RotationFact:
    """Show one rotation with names, answers and tasks."""

    rotation_id: int
    uid: str
    employee: PersonCard
    supervisor: PersonCard
    host_team_id: int
    host_team_name: str
    proposer_id: int
    from_on: date
    until_on: date
    state: State
    version: int
    sequence: int
    note: str
    reason: str
    created_at: datetime
    changed_at: datetime
    answers: tuple[PartAnswer, ...] = ()
    tasks: tuple[TaskFact, ...] = ()

    @property
    def signed_off(self) -> int:
        return sum(task.signed_off_at is not None for task in self.tasks)

    def begun(self, now: datetime) -> bool:
        """Tell whether the first day has come, in the employee's zone."""
        return now >= midnight(self.from_on, self.employee.time_zone)


def find_rotation(rotation_id: int) -> RotationFact | None:
    """Return one rotation, or None."""
    return next(iter(_load(Rotation.id == rotation_id)), None)


def find_rotation_by_request(request_key: str) -> int | None:
    """Return the id of the rotation that a form with this key booked, or None."""
    return db.session.scalar(select(Rotation.id).where(Rotation.request_key == request_key))


def rotations_of(person_ids: Collection[int], *, since: date | None = None) -> list[RotationFact]:
    """Return the rotations these people make or supervise, newest first."""
    ids = set(person_ids)
    where = [or_(Rotation.employee_id.in_(ids), Rotation.supervisor_id.in_(ids))]
    if since is not None:
        where.append(Rotation.until_on >= since)
    return _load(*where)


def list_rotations(since: date) -> list[RotationFact]:
    """Return everybody's rotations that end on or after a day, newest first."""
    return _load(Rotation.until_on >= since)


def live_rotations() -> list[RotationFact]:
    """Return the rotations that are proposed or agreed and not over."""
    return _load(Rotation.state.in_(LIVE))


def rotations_to_answer(person_ids: Collection[int]) -> list[RotationFact]:
    """Return proposed rotations in which one of these people has yet to answer."""
    return _found(_TO_ANSWER, {"ids": list(set(person_ids))})


def rotations_to_sign_off(supervisor_id: int, now: datetime) -> list[RotationFact]:
    """Return begun rotations of a supervisor with tasks that nobody has signed off."""
    return [each for each in _found(_TO_SIGN_OFF, {"supervisor_id": supervisor_id}) if each.begun(now)]


def judge_wanted(
    given: RotationProposal, now: datetime
) -> tuple[tuple[RuleRefusal, ...], frozenset[datetime]]:
    """Return the rules a rotation would break, and the slots it would take of the employee."""
    cards = people.cards([given.employee_id, given.supervisor_id])
    zone = cards[given.employee_id].time_zone
    span = midnight(given.from_on, zone), midnight(given.until_on + timedelta(days=1), zone)
    diaries = load_diaries([given.employee_id, given.supervisor_id], *span)
    employee = diaries[given.employee_id]
    slots = rotation_slots(employee, given.from_on, given.until_on)
    home = cards[given.employee_id].team_id
    refusals = judge_rotation(
        WantedRotation(given.from_on, given.until_on, home, given.host_team_id),
        employee,
        diaries[given.supervisor_id],
        host_team=host_team(given.host_team_id),
        other_rotations=_spans(Rotation.employee_id == given.employee_id),
        duty=load_duty(employee.department, slots),
        today=local(now, zone)[0],
    )
    return refusals, slots


def guest_caps(team_ids: Collection[int]) -> dict[int, int]:
    """Return how many guests each team takes at the same time."""
    stored = db.session.execute(
        select(GuestCap.team_id, GuestCap.guests).where(GuestCap.team_id.in_(set(team_ids)))
    )
    return dict.fromkeys(team_ids, GUEST_CAP) | {team_id: guests for team_id, guests in stored}  # noqa: C416


def host_team(team_id: int) -> HostTeam:
    """Return who belongs to a team, its guests and how many it takes."""
    cap = db.session.scalar(select(GuestCap.guests).where(GuestCap.team_id == team_id))
    return HostTeam(
        GUEST_CAP if cap is None else cap,
        _spans(Rotation.host_team_id == team_id),
        frozenset(card.person_id for card in people.list_active(team_id=team_id)),
    )


def _spans(which: ColumnElement[bool]) -> Spans:
    rows = db.session.execute(
        select(Rotation.from_on, Rotation.until_on)
        .where(which, Rotation.state.in_(TAKING_TIME))
        .order_by(Rotation.from_on)
    )
    return tuple((first, last) for first, last in rows)


def _found(ids: Select[int], asked: Mapping[str, object]) -> list[RotationFact]:
    """Return the rotations whose ids a statement finds, newest first."""
    found = fetch(ids, asked).scalars().all()
    return _load(Rotation.id.in_(found)) if found else []


def _load(*where: ColumnElement[bool]) -> list[RotationFact]:
    rows = list(
        db.session.scalars(
            select(Rotation)
            .where(*where)
            .order_by(Rotation.from_on.desc(), Rotation.id.desc())
            .execution_options(populate_existing=True)
        )
    )
    if not rows:
        return []
    ids = {row.id for row in rows}
    cards = people.cards({p for row in rows for p in (row.employee_id, row.supervisor_id)})
    teams = {team_id: name for team_id, name, _key in people.list_teams()}
    answers: dict[int, list[PartAnswer]] = defaultdict(list)
    for a in db.session.execute(
        select(
            RotationAnswer.rotation_id,
            RotationAnswer.part,
            RotationAnswer.person_id,
            RotationAnswer.answer,
            RotationAnswer.decided_by,
        ).where(RotationAnswer.rotation_id.in_(ids))
    ):
        answers[a.rotation_id].append(PartAnswer(Part(a.part), a.person_id, Answer(a.answer), a.decided_by))
    tasks = _tasks(ids)
    return [
        RotationFact(
            rotation_id=row.id,
            uid=row.uid,
            employee=cards[row.employee_id],
            supervisor=cards[row.supervisor_id],
            host_team_id=row.host_team_id,
            host_team_name=teams[row.host_team_id],
            proposer_id=row.proposer_id,
            from_on=row.from_on,
            until_on=row.until_on,
            state=State(row.state),
            version=row.version,
            sequence=row.sequence,
            note=row.note,
            reason=row.reason,
            created_at=row.created_at,
            changed_at=row.changed_at,
            answers=tuple(sorted(answers[row.id], key=lambda a: list(Part).index(a.part))),
            tasks=tuple(tasks[row.id]),
        )
        for row in rows
    ]


def _tasks(ids: set[int]) -> dict[int, list[TaskFact]]:
    framework = competency.find_framework()
    titles = {each.id: each.title for each in framework.competencies} if framework else {}
    out: dict[int, list[TaskFact]] = defaultdict(list)
    for t in db.session.scalars(
        select(RotationTask)
        .where(RotationTask.rotation_id.in_(ids))
        .order_by(RotationTask.rotation_id, RotationTask.position)
        .execution_options(populate_existing=True)
    ):
        title = titles.get(t.competency_id, t.competency_id) if t.competency_id else None
        out[t.rotation_id].append(
            TaskFact(
                t.id, t.title, t.competency_id, title, t.signed_off_at, t.signed_off_by, t.signed_off_note
            )
        )
    return out


def live_spans(person_id: int, first: date, last: date) -> list[RotationFact]:
    """Return a person's own rotations that touch a span of days and are not called off."""
    return _load(
        Rotation.employee_id == person_id,
        Rotation.state.in_([*LIVE, State.HELD]),
        Rotation.from_on <= last,
        Rotation.until_on >= first,
    )
