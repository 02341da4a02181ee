"""Reads of pins and bans for the page on which they are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling.models_calendar import PairingRule


@dataclass(frozen=True, slots=True)
class PairingFact:
    """Show one pin or ban in force; of a ban only whoever may know of it is to see anything."""

    rule_id: int
    kind: str
    learner: PersonCard
    host: PersonCard
    competency_id: str | None
    set_by: PersonCard
    reason: str
    created_at: datetime

    @property
    def two(self) -> frozenset[int]:
        return frozenset({self.learner.person_id, self.host.person_id})


def pairings_of(person_ids: Collection[int], set_by: int) -> list[PairingFact]:
    """Return the rules in force that touch one of these people or that a person set, newest first."""
    ids = set(person_ids)
    touching = or_(PairingRule.learner_id.in_(ids), PairingRule.host_id.in_(ids))
    return _load(or_(touching, PairingRule.set_by == set_by), PairingRule.ended_at.is_(None))


def find_pairing(rule_id: int) -> PairingFact | None:
    """Return one rule, ended or not, or None."""
    return next(iter(_load(PairingRule.id == rule_id)), None)


def _load(*where: ColumnElement[bool]) -> list[PairingFact]:
    rows = list(db.session.scalars(select(PairingRule).where(*where).order_by(PairingRule.id.desc())))
    cards = people.cards({each for row in rows for each in (row.learner_id, row.host_id, row.set_by)})
    return [
        PairingFact(
            row.id,
            row.kind,
            cards[row.learner_id],
            cards[row.host_id],
            row.competency_id,
            cards[row.set_by],
            row.reason,
            row.created_at,
        )
        for row in rows
    ]
