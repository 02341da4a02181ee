"""Reads of requests to sign off tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.competency import queries_ledger
from app.competency.kinds import SIGN_OFFS
from app.competency.queries_ledger import EvidenceFact
from app.db import db
from app.roleplays.models import SignOff
from app.roleplays.states import SignOffState


@dataclass(frozen=True)
class SignOffFact:
    """One request with its answer; `what` is the learner's word, `note` the signer's."""

    id: int
    learner_id: int
    activity_key: str
    competency_id: str
    mode: str
    title: str
    signer_id: int
    state: SignOffState
    what: str
    asked_at: datetime
    answered_at: datetime | None
    note: str

    @property
    def module_id(self) -> str:
        return self.activity_key.split("/", maxsplit=1)[0]

    @property
    def activity_id(self) -> str:
        return self.activity_key.split("/", maxsplit=1)[1]


def find_sign_off(sign_off_id: int) -> SignOffFact | None:
    """Return one request, or None."""
    return next(iter(_sign_offs(SignOff.id == sign_off_id)), None)


def sign_offs_of(learner_id: int, activity_key: str) -> list[SignOffFact]:
    """Return a learner's requests for one task, newest first."""
    return _sign_offs(SignOff.learner_id == learner_id, SignOff.activity_key == activity_key)


def signed_work(person_id: int, competency_id: str, at_level: int) -> list[EvidenceFact]:
    """Return the sign-offs in a person's ledger that count, newest first, wherever they were given.

    That is: passed, neither withdrawn nor corrected, and signed by someone who held `at_level` then.
    """
    return [
        fact
        for fact in queries_ledger.list_evidence(person_id, competency_id)
        if fact.row.kind in SIGN_OFFS
        and fact.row.passed
        and not (fact.row.superseded or fact.row.revoked)
        and (fact.row.assessor_level or 0) >= at_level
    ]


def _sign_offs(*where: ColumnElement[bool]) -> list[SignOffFact]:
    rows = db.session.scalars(
        select(SignOff).where(*where).order_by(SignOff.asked_at.desc(), SignOff.id.desc())
    )
    return [
        SignOffFact(
            id=row.id,
            learner_id=row.learner_id,
            activity_key=row.activity_key,
            competency_id=row.competency_id,
            mode=row.mode,
            title=row.title,
            signer_id=row.signer_id,
            state=SignOffState(row.state),
            what=row.what,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            note=row.note,
        )
        for row in rows
    ]
