"""Where a competency's next piece of evidence is earned: the quiz, role-play or task of a module."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.curriculum.definitions import ActivityKind
from app.curriculum.models import ModuleActivity, TaughtModule
from app.curriculum.progress import is_for
from app.db import db


def places_for(
    kind: ActivityKind, competency_ids: Collection[str], department_key: str | None
) -> dict[str, tuple[str, str]]:
    """Return (module id, activity id) by competency: the first living activity meant for the department.

    A competency that only modules for others teach gets the first of those; onboarding sends people there.
    """
    rows = db.session.execute(
        select(
            ModuleActivity.module_id,
            ModuleActivity.activity_id,
            ModuleActivity.competency_ids,
            ModuleActivity.audience,
            TaughtModule.audience,
        )
        .join(TaughtModule, TaughtModule.id == ModuleActivity.module_id)
        .where(
            ModuleActivity.kind == kind,
            ModuleActivity.retired_at.is_(None),
            TaughtModule.retired_at.is_(None),
        )
        .order_by(ModuleActivity.module_id, ModuleActivity.position)
    )
    places: dict[str, tuple[str, str]] = {}
    elsewhere: dict[str, tuple[str, str]] = {}
    for module_id, activity_id, taught, audience, module_audience in rows:
        mine = is_for(audience, department_key) and is_for(module_audience, department_key)
        for competency_id in set(taught) & set(competency_ids):
            (places if mine else elsewhere).setdefault(competency_id, (module_id, activity_id))
    return elsewhere | places
