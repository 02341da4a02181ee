"""What is taught now: read once per state of the catalogue and kept in memory, named by its content.

Every page of a learner needs all modules, for prerequisites. They change when files are loaded; the digests
of the rows, asked anew in each transaction, tell which state is in force, in every process.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from sqlalchemy import literal, select, union_all

from app.curriculum.models import CurriculumPath, ModuleActivity, TaughtModule
from app.curriculum.progress import StepView, is_for
from app.db import db, forget, once
from app.reads import fetch

_ASKED = "curriculum_taught"
_KEPT: dict[tuple[tuple[str, str, str], ...], Taught] = {}
_STATES = 4
"""How many states are kept; a process meets a new one when files are loaded."""

_STATE = select(
    *union_all(
        select(literal("module").label("what"), TaughtModule.id, TaughtModule.digest).where(
            TaughtModule.retired_at.is_(None)
        ),
        select(literal("path"), CurriculumPath.id, CurriculumPath.digest).where(
            CurriculumPath.retired_at.is_(None)
        ),
    )
    .subquery()
    .columns
)
_MODULES = select(TaughtModule).where(TaughtModule.retired_at.is_(None)).order_by(TaughtModule.title)
_PATHS = select(CurriculumPath).where(CurriculumPath.retired_at.is_(None)).order_by(CurriculumPath.title)
_ACTIVITIES = (
    select(
        ModuleActivity.audience,
        ModuleActivity.key,
        ModuleActivity.module_id,
        ModuleActivity.activity_id,
        ModuleActivity.kind,
        ModuleActivity.title,
        ModuleActivity.minutes,
    )
    .where(ModuleActivity.retired_at.is_(None))
    .order_by(ModuleActivity.module_id, ModuleActivity.position)
)


@dataclass(frozen=True, slots=True)
class TaughtStep:
    """An activity as those meet it who did not complete it, and those who did."""

    audience: tuple[str, ...]
    to_do: StepView
    done: StepView


@dataclass(frozen=True, slots=True)
class TaughtUnit:
    """A module with all its steps, whoever they are for."""

    id: str
    title: str
    summary: str
    competency_ids: tuple[str, ...]
    prerequisites: tuple[str, ...]
    steps: tuple[TaughtStep, ...]


@dataclass(frozen=True, slots=True)
class TaughtPath:
    """A curriculum as its file states it."""

    id: str
    title: str
    audience: tuple[str, ...]
    sponsor: str
    objective: str
    gives_you: str
    module_ids: tuple[str, ...]
    metrics: tuple[dict[str, object], ...]


@dataclass(frozen=True, eq=False)
class Taught:
    """The living modules and curricula, each by title; one object per state, for as long as that is kept."""

    units: tuple[TaughtUnit, ...]
    paths: tuple[TaughtPath, ...]
    _for: dict[str | None, tuple[tuple[TaughtUnit, tuple[TaughtStep, ...]], ...]] = field(
        default_factory=dict
    )

    def for_department(
        self, department_key: str | None
    ) -> tuple[tuple[TaughtUnit, tuple[TaughtStep, ...]], ...]:
        """Return every module with the steps that are for a department."""
        if department_key not in self._for:
            self._for[department_key] = tuple(
                (unit, tuple(step for step in unit.steps if is_for(step.audience, department_key)))
                for unit in self.units
            )
        return self._for[department_key]


def taught() -> Taught:
    """Return what is taught now; one short query per transaction, four where it changed."""
    return once(_ASKED, _taught)


def forget_taught() -> None:
    """Let the next read see what this transaction has just loaded."""
    forget(_ASKED)


def _taught() -> Taught:
    state = _state()
    found = _KEPT.get(state)
    if found is None:
        found = _read()
        if _state() == state:  # no load was committed in between
            while len(_KEPT) >= _STATES:
                _KEPT.pop(next(iter(_KEPT)), None)
            _KEPT[state] = found
    return found


def _state() -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted([(what, key, digest) for what, key, digest in fetch(_STATE)]))


def _read() -> Taught:
    steps: dict[str, list[TaughtStep]] = defaultdict(list)
    for row in db.session.execute(_ACTIVITIES):
        to_do = StepView(
            row.key, row.module_id, row.activity_id, row.kind, row.title, row.minutes, done=False
        )
        steps[row.module_id].append(TaughtStep(tuple(row.audience), to_do, replace(to_do, done=True)))
    units = tuple(
        TaughtUnit(
            row.id,
            row.title,
            row.summary,
            tuple(row.competency_ids),
            tuple(row.prerequisites),
            tuple(steps[row.id]),
        )
        for row in db.session.scalars(_MODULES)
    )
    paths = tuple(
        TaughtPath(
            row.id,
            row.title,
            tuple(row.audience),
            row.sponsor,
            row.objective,
            row.gives_you,
            tuple(row.module_ids),
            tuple(row.metrics),
        )
        for row in db.session.scalars(_PATHS)
    )
    return Taught(units, paths)
