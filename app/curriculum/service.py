"""What can be done with the curriculum: load it, and complete an activity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select, update

from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.competency.service import record_evidence
from app.curriculum.definitions import Activity, Catalogue, Curriculum, Module, activity_key
from app.curriculum.models import (
    ActivityCompletion,
    CurriculumPath,
    LibraryLoad,
    ModuleActivity,
    ModuleMedia,
    TaughtModule,
)
from app.curriculum.queries_taught import forget_taught
from app.db import db
from app.facts import Gone
from app.people.service import take_turn


def load_catalogue(catalogue: Catalogue, now: datetime) -> list[str]:
    """Bring modules and curricula to what the files say; return what changed, in words.

    Loading the same files again changes nothing. What the files no longer have is retired, not deleted:
    completions and results keep pointing at it.
    """
    changes: list[str] = []
    stored = {row.id: row for row in db.session.scalars(select(TaughtModule))}
    for module in catalogue.modules:
        changes += _load_module(module, stored.get(module.id), now)
    changes += _retire(TaughtModule, stored, {m.id for m in catalogue.modules}, "module", now)
    paths = {row.id: row for row in db.session.scalars(select(CurriculumPath))}
    for curriculum in catalogue.curricula:
        changes += _load_curriculum(curriculum, paths.get(curriculum.id))
    changes += _retire(CurriculumPath, paths, {c.id for c in catalogue.curricula}, "curriculum", now)
    forget_taught()
    return changes


def record_load(digest: str, changes: Iterable[str], now: datetime) -> None:
    """Write a load that changed something into the history of loads."""
    db.session.add(LibraryLoad(loaded_at=now, digest=digest, changes=list(changes)))


def complete_activity(person_id: int, key: str, now: datetime, *, via: str) -> bool:
    """Note that a person completed an activity; return False when they already had.

    Raises Gone when there is no such activity. `via` is lesson | quiz | role_play | task.
    """
    activity = db.session.get(ModuleActivity, key)
    if activity is None:
        raise Gone(key)
    take_turn(f"completion {person_id} {key}")
    if db.session.get(ActivityCompletion, (person_id, key)) is not None:
        return False
    db.session.add(
        ActivityCompletion(
            person_id=person_id,
            activity_key=key,
            completed_at=now,
            minutes=activity.minutes,
            version=activity.version,
            via=via,
        )
    )
    db.session.flush()
    return True


def read_lesson(person_id: int, key: str, now: datetime) -> bool:
    """Mark a lesson as read: progress, and evidence that raises no level. Returns False when it was read."""
    if not complete_activity(person_id, key, now, via="lesson"):
        return False
    activity = db.session.get_one(ModuleActivity, key)
    for competency_id in activity.competency_ids:
        record_evidence(
            EvidenceInput(
                person_id=person_id,
                competency_id=competency_id,
                kind=EvidenceKind.LESSON,
                source_kind="lesson",
                source_id=f"{key}:{person_id}:{competency_id}",
                observed_at=now,
                minutes=activity.minutes,
            ),
            now,
        )
    return True


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()


def _load_module(module: Module, row: TaughtModule | None, now: datetime) -> list[str]:
    digest = _digest([asdict(a) for a in module.activities] + [_outline(module)])
    if row is not None and row.digest == digest and row.retired_at is None:
        return []
    fields = {
        "title": module.title,
        "summary": module.summary,
        "audience": list(module.audience),
        "competency_ids": list(module.competency_ids),
        "prerequisites": list(module.prerequisites),
        "minutes": module.minutes,
        "digest": digest,
        "loaded_at": now,
        "retired_at": None,
    }
    if row is None:
        db.session.add(TaughtModule(id=module.id, **fields))
        db.session.flush()
        change = f"module {module.id}: new"
    else:
        for name, value in fields.items():
            setattr(row, name, value)
        row.version += 1
        change = f"module {module.id}: version {row.version}"
    _load_activities(module, now)
    _load_media(module)
    return [change]


def _outline(module: Module) -> list[object]:
    return [
        module.title,
        module.summary,
        module.audience,
        module.competency_ids,
        module.prerequisites,
        [(media.name, media.digest) for media in module.media],
    ]


def _load_activities(module: Module, now: datetime) -> None:
    stored = {
        row.key: row
        for row in db.session.scalars(select(ModuleActivity).where(ModuleActivity.module_id == module.id))
    }
    for position, activity in enumerate(module.activities):
        key = activity_key(module.id, activity.id)
        _load_activity(module.id, key, position, activity, stored.pop(key, None))
    for row in stored.values():
        row.retired_at = row.retired_at or now
    db.session.flush()


def _load_activity(
    module_id: str, key: str, position: int, activity: Activity, row: ModuleActivity | None
) -> None:
    digest = _digest(asdict(activity))
    if row is None:
        row = ModuleActivity(
            key=key, module_id=module_id, activity_id=activity.id, kind=activity.kind, version=0, digest=""
        )
        db.session.add(row)
    row.position = position
    row.retired_at = None
    if row.digest == digest:
        return
    row.kind = activity.kind
    row.title = activity.title
    row.minutes = activity.minutes
    row.competency_ids = list(activity.competency_ids)
    row.audience = list(activity.audience)
    row.mode = activity.mode
    row.html = activity.html
    row.digest = digest
    row.version += 1


def _load_media(module: Module) -> None:
    db.session.execute(delete(ModuleMedia).where(ModuleMedia.module_id == module.id))
    db.session.add_all(
        ModuleMedia(module_id=module.id, name=m.name, mime_type=m.mime_type, digest=m.digest, data=m.data)
        for m in module.media
    )


def _load_curriculum(curriculum: Curriculum, row: CurriculumPath | None) -> list[str]:
    fields = {
        "title": curriculum.title,
        "audience": list(curriculum.audience),
        "sponsor": curriculum.sponsor,
        "objective": curriculum.objective,
        "gives_you": curriculum.gives_you,
        "module_ids": list(curriculum.module_ids),
        "metrics": [asdict(metric) for metric in curriculum.metrics],
    }
    digest = _digest(fields)
    if row is None:
        db.session.add(CurriculumPath(id=curriculum.id, digest=digest, **fields))
        return [f"curriculum {curriculum.id}: new"]
    if row.digest == digest and row.retired_at is None:
        return []
    for name, value in fields.items():
        setattr(row, name, value)
    row.digest = digest
    row.retired_at = None
    row.version += 1
    return [f"curriculum {curriculum.id}: version {row.version}"]


def _retire(model, stored, kept: set[str], what: str, now: datetime) -> list[str]:
    gone = [name for name, row in stored.items() if name not in kept and row.retired_at is None]
    if gone:
        db.session.execute(update(model).where(model.id.in_(gone)).values(retired_at=now))
    return [f"{what} {name}: retired" for name in sorted(gone)]
