"""Ask for, give and refuse the sign-off of a task that was done under a colleague's eyes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.competency.inputs import EvidenceInput, LevelChange
from app.competency.kinds import EvidenceKind
from app.competency.service import record_evidence
from app.curriculum import service as curriculum
from app.curriculum.queries import ActivityFacts
from app.db import db
from app.facts import Gone, Impossible
from app.notifications.service import mark_done
from app.people.identity import Actor
from app.roleplays import service_notices as notices
from app.roleplays.models import SignOff
from app.roleplays.queries import ASSESSOR_LEVEL
from app.roleplays.queries_signoffs import signed_work
from app.roleplays.service import NotYourOwn
from app.roleplays.states import SignOffState

EVIDENCE = {
    "assist": EvidenceKind.ASSIST,
    "reverse_shadow": EvidenceKind.REVERSE_SHADOW,
    "supervised": EvidenceKind.SUPERVISED,
}


def ask(actor: Actor, task: ActivityFacts, signer_id: int, what: str, now: datetime) -> int:
    """Ask a colleague to sign off a task; return the request's id. The same open request is made once.

    Raises NotYourOwn.
    """
    if signer_id == actor.person_id:
        raise NotYourOwn("sign-off")
    earlier = _open_request(actor.person_id, task.key, signer_id)
    if earlier is not None:
        return earlier
    row = SignOff(
        learner_id=actor.person_id,
        activity_key=task.key,
        competency_id=task.competency_ids[0],
        mode=task.mode,
        title=task.title,
        signer_id=signer_id,
        state=SignOffState.ASKED,
        what=what.strip(),
        asked_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same request arrived a moment ago
        earlier = _open_request(actor.person_id, task.key, signer_id)
        if earlier is None:
            raise
        return earlier
    notices.sign_off_asked(row.id, actor.person_id, signer_id, task.title, now)
    return row.id


def sign(actor: Actor, sign_off_id: int, note: str, now: datetime) -> LevelChange | None:
    """Sign off what one saw, with a note; it becomes evidence and the task is done for progress.

    Answered before, nothing changes. Raises Gone for a request to someone else, Impossible without a
    note.
    """
    if not note.strip():
        raise Impossible("a sign-off says what was seen")
    row = _answer(actor, sign_off_id, SignOffState.SIGNED, note, now)
    if row is None:
        return None
    change = record_evidence(
        EvidenceInput(
            person_id=row.learner_id,
            competency_id=row.competency_id,
            kind=EVIDENCE[row.mode],
            source_kind="sign_off",
            source_id=str(row.id),
            observed_at=now,
            note=note.strip(),
            assessor_id=actor.person_id,
            recorded_by=actor.person_id,
        ),
        now,
    )
    curriculum.complete_activity(row.learner_id, row.activity_key, now, via="task")
    _tell(row, now)
    return change


def refuse(actor: Actor, sign_off_id: int, note: str, now: datetime) -> bool:
    """Say that it is not signed off yet and why; False when it was answered before.

    Raises Gone for a request to someone else, Impossible without a reason.
    """
    if not note.strip():
        raise Impossible("a refusal gives a reason")
    row = _answer(actor, sign_off_id, SignOffState.DECLINED, note, now)
    if row is None:
        return False
    _tell(row, now)
    return True


def complete_by_earlier(actor: Actor, task: ActivityFacts, now: datetime) -> bool:
    """Complete a task by a sign-off of the same kind of work that the ledger holds already.

    So that an hour with a host, signed off there, needs no second signature. False where there is none.
    """
    found = signed_work(actor.person_id, task.competency_ids[0], ASSESSOR_LEVEL)
    if not any(fact.row.kind is EVIDENCE[task.mode] for fact in found):
        return False
    curriculum.complete_activity(actor.person_id, task.key, now, via="task")
    return True


def withdraw(actor: Actor, sign_off_id: int, now: datetime) -> bool:
    """Take one's own request back and tell whoever was asked; False when it was answered before."""
    taken = db.session.execute(
        update(SignOff)
        .where(
            SignOff.id == sign_off_id,
            SignOff.learner_id == actor.person_id,
            SignOff.state == SignOffState.ASKED,
        )
        .values(state=SignOffState.WITHDRAWN, answered_at=now)
        .returning(SignOff.signer_id, SignOff.title)
    ).first()
    if taken is None:
        return False
    mark_done(taken.signer_id, notices.sign_off_page(sign_off_id), now)
    notices.sign_off_not_wanted(taken.signer_id, actor.name, taken.title, now)
    return True


def _answer(actor: Actor, sign_off_id: int, state: SignOffState, note: str, now: datetime) -> SignOff | None:
    """Answer a request that is still open; None when it was answered before."""
    changed = db.session.execute(
        update(SignOff)
        .where(
            SignOff.id == sign_off_id,
            SignOff.signer_id == actor.person_id,
            SignOff.state == SignOffState.ASKED,
        )
        .values(state=state, answered_at=now, note=note.strip())
    )
    row = db.session.get(SignOff, sign_off_id, populate_existing=True)
    if row is None or row.signer_id != actor.person_id:
        raise Gone(f"sign-off {sign_off_id}")
    mark_done(actor.person_id, notices.sign_off_page(sign_off_id), now)
    return row if changed.rowcount else None  # type: ignore[attr-defined]


def _open_request(learner_id: int, activity_key: str, signer_id: int) -> int | None:
    return db.session.scalar(
        select(SignOff.id).where(
            SignOff.learner_id == learner_id,
            SignOff.activity_key == activity_key,
            SignOff.signer_id == signer_id,
            SignOff.state == SignOffState.ASKED,
        )
    )


def _tell(row: SignOff, now: datetime) -> None:
    notices.sign_off_answered(
        row.learner_id,
        row.signer_id,
        now,
        title=row.title,
        signed=row.state == SignOffState.SIGNED,
        note=row.note,
        link=f"/tasks/{row.activity_key}",
    )
