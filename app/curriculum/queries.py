"""Reads of the curriculum and of people's progress; a bounded number of queries however many modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from app.curriculum.definitions import ActivityKind
from app.curriculum.models import (
    ActivityCompletion,
    CurriculumPath,
    LibraryLoad,
    ModuleActivity,
    ModuleMedia,
    TaughtModule,
)
from app.curriculum.progress import ModuleProgress, ModuleState, StepView, done_modules, is_for
from app.db import db
from app.people import queries as people


@dataclass(frozen=True)
class ActivityFacts:
    """One activity for this and higher domains."""

    key: str
    module_id: str
    module_title: str
    activity_id: str
    kind: ActivityKind
    title: str
    minutes: int
    competency_ids: tuple[str, ...]
    mode: str
    version: int


@dataclass(frozen=True)
class PathView:
    """A curriculum with a learner's progress through its modules."""

    id: str
    title: str
    sponsor: str
    objective: str
    gives_you: str
    metrics: tuple[dict[str, object], ...]
    for_me: bool
    modules: tuple[ModuleProgress, ...]

    @property
    def done_count(self) -> int:
        return sum(module.state == "done" for module in self.modules)


def find_activity(key: str) -> ActivityFacts | None:
    """Return a living activity, or None."""
    row = db.session.execute(
        select(ModuleActivity, TaughtModule.title)
        .join(TaughtModule, TaughtModule.id == ModuleActivity.module_id)
        .where(
            ModuleActivity.key == key, ModuleActivity.retired_at.is_(None), TaughtModule.retired_at.is_(None)
        )
    ).first()
    return _facts(*row) if row else None


def list_tasks(competency_ids: Collection[str] | None = None) -> list[ActivityFacts]:
    """Return the living tasks, of these competencies or of all."""
    rows = db.session.execute(
        select(ModuleActivity, TaughtModule.title)
        .join(TaughtModule, TaughtModule.id == ModuleActivity.module_id)
        .where(
            ModuleActivity.kind == ActivityKind.TASK,
            ModuleActivity.retired_at.is_(None),
            TaughtModule.retired_at.is_(None),
        )
        .order_by(ModuleActivity.module_id, ModuleActivity.position)
    )
    facts = [_facts(*row) for row in rows]
    return [f for f in facts if competency_ids is None or set(f.competency_ids) & set(competency_ids)]


def lesson_html(key: str) -> str:
    """Return a lesson's rendered text; empty where there is none."""
    return db.session.scalar(select(ModuleActivity.html).where(ModuleActivity.key == key)) or ""


def find_media(module_id: str, name: str) -> tuple[str, str, bytes] | None:
    """Return (mime type, digest, bytes) of a module's picture."""
    row = db.session.execute(
        select(ModuleMedia.mime_type, ModuleMedia.digest, ModuleMedia.data).where(
            ModuleMedia.module_id == module_id, ModuleMedia.name == name
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None


def module_progress(person_id: int) -> dict[str, ModuleProgress]:
    """Return every living module by id with one person's progress, in four queries."""
    return progress_of({person_id})[person_id]


def progress_of(person_ids: Collection[int]) -> dict[int, dict[str, ModuleProgress]]:
    """Return every living module with each person's progress, in four queries for any number of people.

    Steps for another audience are left out: a module is done when the steps for one's own department are.
    """
    modules = list(
        db.session.scalars(
            select(TaughtModule).where(TaughtModule.retired_at.is_(None)).order_by(TaughtModule.title)
        )
    )
    activities: dict[str, list[_Step]] = defaultdict(list)
    for row in db.session.execute(
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
    ):
        to_do = StepView(
            row.key, row.module_id, row.activity_id, row.kind, row.title, row.minutes, done=False
        )
        activities[row.module_id].append(_Step(row.audience, to_do, replace(to_do, done=True)))
    completed: dict[int, set[str]] = {person_id: set() for person_id in person_ids}
    rows = db.session.execute(
        select(ActivityCompletion.person_id, ActivityCompletion.activity_key).where(
            ActivityCompletion.person_id.in_(completed)
        )
    )
    for person_id, key in rows:
        completed[person_id].add(key)
    departments = {card.person_id: card.department_key for card in people.cards(person_ids).values()}
    taught = [_Module(m, tuple(m.competency_ids), activities[m.id]) for m in modules]
    seen: dict[tuple[str | None, frozenset[str]], dict[str, ModuleProgress]] = {}
    out = {}
    for person_id, done in completed.items():
        alike = departments.get(person_id), frozenset(done)
        if alike not in seen:
            seen[alike] = _progress(taught, done, alike[0])
        out[person_id] = seen[alike]
    return out


@dataclass(frozen=True, slots=True)
class _Step:
    """An activity as those meet it who did not complete it, and those who did."""

    audience: list[str]
    to_do: StepView
    done: StepView


@dataclass(frozen=True, slots=True)
class _Module:
    row: TaughtModule
    competency_ids: tuple[str, ...]
    steps: list[_Step]


def _progress(
    modules: list[_Module], completed: set[str], department_key: str | None
) -> dict[str, ModuleProgress]:
    steps = {
        module.row.id: tuple(
            step.done if step.to_do.key in completed else step.to_do
            for step in module.steps
            if is_for(step.audience, department_key)
        )
        for module in modules
    }
    done = done_modules(steps)
    return {
        module.row.id: ModuleProgress(
            module_id=module.row.id,
            title=module.row.title,
            summary=module.row.summary,
            competency_ids=module.competency_ids,
            steps=steps[module.row.id],
            waits_for=tuple(p for p in module.row.prerequisites if p not in done),
        )
        for module in modules
    }


def list_paths(person_id: int, department_key: str | None) -> list[PathView]:
    """Return the curricula, those for the person's department first, with their progress."""
    progress = module_progress(person_id)
    rows = db.session.scalars(
        select(CurriculumPath).where(CurriculumPath.retired_at.is_(None)).order_by(CurriculumPath.title)
    )
    paths = [
        PathView(
            id=row.id,
            title=row.title,
            sponsor=row.sponsor,
            objective=row.objective,
            gives_you=row.gives_you,
            metrics=tuple(row.metrics),
            for_me=is_for(row.audience, department_key),
            modules=tuple(progress[m] for m in row.module_ids if m in progress),
        )
        for row in rows
    ]
    return sorted(paths, key=lambda path: not path.for_me)


@dataclass(frozen=True)
class PathOutline:
    """A curriculum without anyone's progress."""

    id: str
    title: str
    audience: tuple[str, ...]
    module_ids: tuple[str, ...]


def list_outlines() -> list[PathOutline]:
    """Return the living curricula by title."""
    rows = db.session.scalars(
        select(CurriculumPath).where(CurriculumPath.retired_at.is_(None)).order_by(CurriculumPath.title)
    )
    return [PathOutline(r.id, r.title, tuple(r.audience), tuple(r.module_ids)) for r in rows]


def module_titles() -> dict[str, str]:
    """Return the title of every module by id, retired ones included."""
    return {row[0]: row[1] for row in db.session.execute(select(TaughtModule.id, TaughtModule.title))}


def activity_minutes_between(person_ids: Collection[int], start: datetime, end: datetime) -> dict[int, int]:
    """Return each person's minutes of completed activities within [start, end)."""
    rows = db.session.execute(
        select(ActivityCompletion.person_id, func.sum(ActivityCompletion.minutes))
        .where(
            ActivityCompletion.person_id.in_(set(person_ids)),
            ActivityCompletion.completed_at >= start,
            ActivityCompletion.completed_at < end,
        )
        .group_by(ActivityCompletion.person_id)
    )
    return {person_id: int(minutes) for person_id, minutes in rows}


def completions_between(
    person_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, list[tuple[datetime, int]]]:
    """Return each person's completed activities within [start, end) as (moment, minutes), in one query."""
    rows = db.session.execute(
        select(ActivityCompletion.person_id, ActivityCompletion.completed_at, ActivityCompletion.minutes)
        .where(
            ActivityCompletion.person_id.in_(set(person_ids)),
            ActivityCompletion.completed_at >= start,
            ActivityCompletion.completed_at < end,
        )
        .order_by(ActivityCompletion.completed_at)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for person_id, at, minutes in rows:
        found[person_id].append((at, minutes))
    return found


def completed_modules_at(
    progress: Mapping[int, Mapping[str, ModuleProgress]],
) -> dict[int, dict[str, datetime]]:
    """Return, per person of `progress_of`, the modules completed with the moment of the last step."""
    moments: dict[int, dict[str, datetime]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            ActivityCompletion.person_id, ActivityCompletion.activity_key, ActivityCompletion.completed_at
        ).where(ActivityCompletion.person_id.in_(progress))
    )
    for person_id, key, at in rows:
        moments[person_id][key] = at
    return {
        person_id: {
            module.module_id: max(moments[person_id][step.key] for step in module.steps)
            for module in modules.values()
            if module.state is ModuleState.DONE
        }
        for person_id, modules in progress.items()
    }


def last_active_at(person_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each person last completed an activity; those who never did are missing."""
    rows = db.session.execute(
        select(ActivityCompletion.person_id, func.max(ActivityCompletion.completed_at))
        .where(ActivityCompletion.person_id.in_(set(person_ids)))
        .group_by(ActivityCompletion.person_id)
    )
    return {person_id: at for person_id, at in rows}  # noqa: C416 - a Row is no pair to mypy


def last_load() -> tuple[datetime, str] | None:
    """Return when the files were last loaded with a change, and their digest."""
    row = db.session.execute(
        select(LibraryLoad.loaded_at, LibraryLoad.digest).order_by(LibraryLoad.id.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _facts(row: ModuleActivity, module_title: str) -> ActivityFacts:
    return ActivityFacts(
        key=row.key,
        module_id=row.module_id,
        module_title=module_title,
        activity_id=row.activity_id,
        kind=ActivityKind(row.kind),
        title=row.title,
        minutes=row.minutes,
        competency_ids=tuple(row.competency_ids),
        mode=row.mode,
        version=row.version,
    )
