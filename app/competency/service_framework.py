"""Bring a framework into force, keep clearances open through the change, and say what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from app.competency import queries
from app.competency import service_notices as notices
from app.competency import service_projection as projection
from app.competency.clearing import STANDINGS, ClearanceStanding
from app.competency.framework import Framework, to_json
from app.competency.inputs import FrameworkLoaded
from app.competency.models import ClearanceGrace, CompetencyRow, EvidenceRow, FrameworkVersion, HeldLevel
from app.db import db

GRACE = timedelta(days=30)
"""How long a clearance stays open after a framework change took its levels away."""


def load_framework(definition: Framework, now: datetime) -> FrameworkLoaded:
    """Bring a framework into force; loading the one in force changes nothing.

    Levels are worked out again with the cause *framework*. Whoever would lose a clearance keeps it for
    30 days, or until the levels would have lapsed anyway, and is told.
    """
    before = queries.find_framework()
    version_id = queries.current_version_id()
    if before is not None and version_id is not None and before == definition:
        return FrameworkLoaded(version_id, changed=False)
    holders = list(db.session.scalars(select(HeldLevel.person_id).distinct()))
    open_before = queries.clearances_for(holders, now) if before else {}
    version = FrameworkVersion(
        framework_id=definition.id,
        title=definition.title,
        fingerprint=definition.fingerprint(),
        definition=to_json(definition),
        loaded_at=now,
    )
    db.session.add(version)
    _store_competencies(definition, now)
    db.session.flush()
    queries.forget_framework()
    changes = []
    for competency in definition.competencies:
        ids = db.session.scalars(
            select(EvidenceRow.person_id).where(EvidenceRow.competency_id == competency.id).distinct()
        ).all()
        if ids and _meaning(before, competency.id) != competency.requirements():
            changes += projection.refresh(competency, ids, now, "framework")
    for change in changes:
        notices.level_changed(change, now)
    graces = _keep_clearances(open_before, definition, version.id, now)
    return FrameworkLoaded(version.id, True, tuple(changes), graces)


def _meaning(framework: Framework | None, competency_id: str) -> object:
    found = [c for c in framework.competencies if c.id == competency_id] if framework else []
    return found[0].requirements() if found else None


def _store_competencies(definition: Framework, now: datetime) -> None:
    known = {row.id: row for row in db.session.scalars(select(CompetencyRow))}
    for competency in definition.competencies:
        row = known.pop(competency.id, None)
        if row is None:
            db.session.add(CompetencyRow(id=competency.id, title=competency.title))
        else:
            row.title, row.retired_at = competency.title, None
    for row in known.values():
        row.retired_at = row.retired_at or now


def _keep_clearances(
    open_before: Mapping[int, list[ClearanceStanding]], definition: Framework, version_id: int, now: datetime
) -> int:
    clearances = {each.id: each for each in definition.clearances}
    after = queries.clearances_for(list(open_before), now)
    kept = 0
    for person_id, held_before in open_before.items():
        standing = {each.clearance_id: each.standing for each in after.get(person_id, [])}
        for held in held_before:
            now_open = STANDINGS.index(standing.get(held.clearance_id, "none"))
            if STANDINGS.index(held.standing) <= now_open:
                continue
            clearance = clearances.get(held.clearance_id)
            until = min(held.until or now + GRACE, now + GRACE) if clearance else None
            if until is not None:
                db.session.add(
                    ClearanceGrace(
                        person_id=person_id,
                        clearance_id=held.clearance_id,
                        framework_version_id=version_id,
                        standing=held.standing,
                        until_at=until,
                    )
                )
                kept += 1
            notices.clearance_in_grace(person_id, clearance, held, until, now)
    db.session.flush()
    return kept
