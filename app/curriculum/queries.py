"""Reads of the curriculum and of people's progress; a bounded number of queries however many modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select

from app.curriculum.definitions import ActivityKind
from app.curriculum.models import (
    ActivityCompletion,
    LibraryLoad,
    ModuleActivity,
    ModuleMedia,
    TaughtModule,
)
from app.curriculum.progress import ModuleProgress, done_modules, is_for
from app.curriculum.queries_taught import Taught, TaughtPath, taught
from app.db import db
from app.lines import lines
from app.people import queries as people
from app.reads import fetch

_COMPLETED = select(ActivityCompletion.person_id, ActivityCompletion.activity_key).where(
    ActivityCompletion.person_id.in_(bindparam("ids", expanding=True))
)
_COMPLETED_AT = (
    select(
        ActivityCompletion.person_id, lines(ActivityCompletion.activity_key, ActivityCompletion.completed_at)
    )
    .where(ActivityCompletion.person_id.in_(bindparam("ids", expanding=True)))
    .group_by(ActivityCompletion.person_id)
)
_COMPLETED_BY_ONE = select(
    ActivityCompletion.activity_key, ActivityCompletion.completed_at, ActivityCompletion.minutes
).where(ActivityCompletion.person_id == bindparam("person_id"))


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
    """Return every living module by id with one person's progress, in three queries."""
    return progress_of({person_id})[person_id]


@dataclass(frozen=True)
class Completions:
    """What a person has completed: activity keys with the moment and the minutes."""

    by_key: dict[str, tuple[datetime, int]]

    @property
    def keys(self) -> set[str]:
        return set(self.by_key)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the minutes of what was completed within [start, end)."""
        return sum(minutes for at, minutes in self.by_key.values() if start <= at < end)


def completions_of(person_id: int) -> Completions:
    """Return everything a person has completed."""
    rows = fetch(_COMPLETED_BY_ONE, {"person_id": person_id})
    return Completions({key: (at, minutes) for key, at, minutes in rows})


def progress_in(person_id: int, department_key: str | None) -> dict[str, ModuleProgress]:
    """Return what `module_progress` does for a person whose department is known, in two queries."""
    return progress_after(completions_of(person_id).keys, department_key)


def progress_of(person_ids: Collection[int]) -> dict[int, dict[str, ModuleProgress]]:
    """Return every living module with each person's progress, in three queries for any number of people.

    Steps for another audience are left out: a module is done when the steps for one's own department are.
    """
    completed: dict[int, set[str]] = {person_id: set() for person_id in person_ids}
    if not completed:
        return {}
    for person_id, key in fetch(_COMPLETED, {"ids": list(completed)}):
        completed[person_id].add(key)
    departments = people.departments_of(completed)
    seen: dict[tuple[str | None, frozenset[str]], dict[str, ModuleProgress]] = {}
    out = {}
    for person_id, done in completed.items():
        alike = departments.get(person_id), frozenset(done)
        if alike not in seen:
            seen[alike] = progress_after(done, alike[0])
        out[person_id] = seen[alike]
    return out


def progress_after(completed: set[str], department_key: str | None) -> dict[str, ModuleProgress]:
    """Return every living module with the progress of somebody who completed these activities."""
    modules = taught().for_department(department_key)
    steps = {
        unit.id: tuple(step.done if step.to_do.key in completed else step.to_do for step in for_them)
        for unit, for_them in modules
    }
    done = done_modules(steps)
    return {
        unit.id: ModuleProgress(
            module_id=unit.id,
            title=unit.title,
            summary=unit.summary,
            competency_ids=unit.competency_ids,
            steps=steps[unit.id],
            waits_for=tuple(p for p in unit.prerequisites if p not in done),
        )
        for unit, _for_them in modules
    }


def list_paths(department_key: str | None, progress: Mapping[str, ModuleProgress]) -> list[PathView]:
    """Return the curricula with a person's progress, those for the person's department first."""
    paths = [
        PathView(
            id=path.id,
            title=path.title,
            sponsor=path.sponsor,
            objective=path.objective,
            gives_you=path.gives_you,
            metrics=path.metrics,
            for_me=is_for(path.audience, department_key),
            modules=tuple(progress[m] for m in path.module_ids if m in progress),
        )
        for path in taught().paths
    ]
    return sorted(paths, key=lambda path: not path.for_me)


def list_outlines() -> tuple[TaughtPath, ...]:
    """Return the living curricula by title, without anyone's progress."""
    return taught().paths


def module_titles() -> dict[str, str]:
    """Return the title of every module by id, retired ones included."""
    return {row[0]: row[1] for row in db.session.execute(select(TaughtModule.id, TaughtModule.title))}


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


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """When a person did the last step of a module, and the minutes of the steps still open."""

    done_at: datetime | None
    minutes_left: int


ModuleSteps = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""Modules by id, each with the keys and minutes of its steps."""


def completed_at(person_ids: Collection[int]) -> dict[int, str]:
    """Return when these people completed which activities, as `app.lines` of keys and moments, in one query.

    Those who completed none are absent.
    """
    found = fetch(_COMPLETED_AT, {"ids": list(person_ids)})
    return {person_id: done for person_id, done in found}  # noqa: C416 - a Row is no pair to mypy


def steps_of(module_ids: Collection[str], department_key: str | None) -> ModuleSteps:
    """Return those of some modules that are taught now, with the steps that are for a department."""
    return _steps_of(taught(), frozenset(module_ids), department_key)


@lru_cache(maxsize=64)
def _steps_of(now: Taught, module_ids: frozenset[str], department_key: str | None) -> ModuleSteps:
    return tuple(
        (unit.id, tuple((step.to_do.key, step.to_do.minutes) for step in steps))
        for unit, steps in now.for_department(department_key)
        if unit.id in module_ids
    )


def module_standings(modules: ModuleSteps, done: Mapping[str, datetime]) -> dict[str, ModuleStanding]:
    """Return how far somebody who completed these activities is with some modules. Pure."""
    return {name: _module_standing(steps, done) for name, steps in modules}


def _module_standing(steps: Iterable[tuple[str, int]], done: Mapping[str, datetime]) -> ModuleStanding:
    left = [minutes for key, minutes in steps if key not in done]
    if left or not steps:
        return ModuleStanding(None, sum(left))
    return ModuleStanding(max(done[key] for key, _minutes in steps), 0)


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
