"""What can be done once a session is over: mark it held, debrief, sign off; what counts becomes evidence."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from app.competency import queries as competency
from app.competency import service as ledger
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.db import db
from app.facts import Impossible
from app.people.identity import Actor
from app.scheduling import access, service_guard, service_notices
from app.scheduling import service_agreement as agreement
from app.scheduling.inputs import AlreadyWritten, DebriefNotes, NotOver, NotQualified
from app.scheduling.kinds import HOST_LEVEL, Mode, Part, SessionKind, State
from app.scheduling.models_sessions import Debrief, SessionEvent, ShadowSession
from app.scheduling.queries_sessions import SessionFact, debriefs_of, find_session
from app.scheduling.service_agreement import SESSION
from app.web.refusals import NotFound

SIGN_OFF_KINDS = {
    Mode.ASSIST: EvidenceKind.ASSIST,
    Mode.REVERSE_SHADOW: EvidenceKind.REVERSE_SHADOW,
}
COACHING_KINDS = {
    SessionKind.SHADOWING: EvidenceKind.HOSTING,
    SessionKind.WORKSHOP: EvidenceKind.FACILITATING,
}
SOURCE = "session"


def mark_held(now: datetime) -> int:
    """Mark every agreed session whose end has passed as held; return how many."""
    ids = db.session.scalars(
        update(ShadowSession)
        .where(ShadowSession.state == State.ACCEPTED, ShadowSession.ends_at <= now)
        .values(state=State.HELD, version=ShadowSession.version + 1)
        .execution_options(synchronize_session=False)
        .returning(ShadowSession.id)
    ).all()
    return len(ids)


def write_debrief(actor: Actor, session_id: int, given: DebriefNotes, now: datetime) -> bool:
    """Keep what one side writes; return whether both have written.

    When both have, observing becomes evidence for the learner and the learner's rating becomes evidence
    for the host. Sent again, the first text stays. Raises NotOver before the session has ended, Impossible
    for a rating outside 1 to 5 or a learner who rates nothing.
    """
    fact = access.get_session_to_debrief(actor, session_id)
    part = fact.part_of(actor.person_id)
    rates = part == Part.LEARNER
    if rates != (given.rating is not None) or (given.rating is not None and not 1 <= given.rating <= 5):
        raise Impossible("the learner rates the host from 1 to 5, the host rates nobody")
    fact = _held(fact, now)
    if part is None:
        raise NotFound()
    try:
        with db.session.begin_nested():
            db.session.add(
                Debrief(
                    session_id=session_id,
                    part=part,
                    person_id=actor.person_id,
                    saw=given.saw.strip(),
                    learned=given.learned.strip(),
                    next_step=given.next_step.strip(),
                    rating=given.rating,
                    written_at=now,
                )
            )
            db.session.flush()
    except IntegrityError:
        return len(debriefs_of(session_id)) == 2
    service_notices.settled(session_id, [actor.person_id], now)
    both = len(debriefs_of(session_id)) == 2
    _note(fact, "debriefed", actor.person_id, now)
    if both:
        _record_debriefs(fact, now)
    return both


def sign_off(actor: Actor, session_id: int, passed: bool, note: str, now: datetime) -> bool:
    """Let the host say whether the learner did the work well enough; return what is stored.

    A yes is evidence for the learner. A "not yet" is kept with its note, and can get another note or become
    a yes later.
    Raises NotOver, NotQualified when the host no longer holds level 3, and Impossible where the learner
    only watched.
    """
    fact = access.get_session_to_sign_off(actor, session_id)
    if fact.mode not in SIGN_OFF_KINDS or fact.competency_id is None:
        raise Impossible("only work done by the learner is signed off")
    fact = _held(fact, now)
    if competency.level_of(actor.person_id, fact.competency_id or "", now) < HOST_LEVEL:
        raise NotQualified()
    not_yet: ColumnElement[bool] = ShadowSession.signed_off_passed.is_(False)
    if not passed:
        not_yet &= ShadowSession.signed_off_note != note.strip()
    changed = db.session.execute(
        update(ShadowSession)
        .where(ShadowSession.id == session_id, ShadowSession.signed_off_passed.is_(None) | not_yet)
        .values(
            signed_off_at=now,
            signed_off_by=actor.person_id,
            signed_off_passed=passed,
            signed_off_note=note.strip(),
            version=ShadowSession.version + 1,
        )
        .execution_options(synchronize_session=False)
        .returning(ShadowSession.id)
    ).first()
    if changed is None:
        return bool(_get(session_id).signed_off_passed)
    _note(fact, "signed_off" if passed else "not_yet", actor.person_id, now, note)
    if passed and fact.mode is not None:
        ledger.record_evidence(
            EvidenceInput(
                person_id=fact.learner.person_id,
                competency_id=fact.competency_id or "",
                kind=SIGN_OFF_KINDS[fact.mode],
                source_kind="session_sign_off",
                source_id=str(session_id),
                observed_at=fact.ends_at,
                minutes=fact.minutes,
                note=note.strip(),
                assessor_id=actor.person_id,
                recorded_by=actor.person_id,
            ),
            now,
        )
    service_notices.signed_off(_get(session_id), passed, now)
    return passed


def report_missed(actor: Actor, session_id: int, reason: str, now: datetime) -> State:
    """Say that a session did not take place after all. Raises AlreadyWritten once anybody debriefed it."""
    fact = access.get_session_to_debrief(actor, session_id)
    try:
        fact = _held(fact, now)
    except NotOver:
        return _get(session_id).state
    if fact.debriefed or fact.signed_off_at is not None:
        raise AlreadyWritten()
    changed = db.session.execute(
        update(ShadowSession)
        .where(ShadowSession.id == session_id, ShadowSession.state == State.HELD)
        .values(
            state=State.CANCELLED,
            reason=reason.strip(),
            version=ShadowSession.version + 1,
            sequence=ShadowSession.sequence + 1,
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
        .returning(ShadowSession.id)
    ).first()
    if changed is not None:
        service_guard.free_slots(session_id=session_id)
        _note(fact, "missed", actor.person_id, now, reason)
        service_notices.missed(_get(session_id), actor.person_id, now)
    return _get(session_id).state


def remind(now: datetime) -> None:
    """Tell both about agreed sessions within a day, and ask for debriefs at the end and two days later."""
    day = timedelta(days=1)
    for session_id in _ids(ShadowSession.state == State.ACCEPTED, now, now + day):
        service_notices.reminder(_get(session_id), now)
    for session_id in _ids(ShadowSession.state == State.HELD, now - 4 * day, now):
        fact = _get(session_id)
        for part, card in ((Part.LEARNER, fact.learner), (Part.HOST, fact.host)):
            if part not in fact.debriefed:
                service_notices.debrief_due(fact, card, now, again=fact.ends_at <= now - 2 * day)


def _ids(which: object, from_at: datetime, until_at: datetime) -> list[int]:
    return list(
        db.session.scalars(
            select(ShadowSession.id)
            .where(which, ShadowSession.starts_at > from_at, ShadowSession.starts_at <= until_at)  # type: ignore[arg-type]
            .order_by(ShadowSession.id)
        )
    )


def _held(fact: SessionFact, now: datetime) -> SessionFact:
    """Return a session that took place, its row taken: of two debriefs at once the later sees the other."""
    if fact.state == State.ACCEPTED and fact.over(now):
        mark_held(now)
    agreement.take(SESSION, fact.session_id, State.HELD)
    fact = _get(fact.session_id)
    if not fact.over(now):
        raise NotOver()
    return fact


def _record_debriefs(fact: SessionFact, now: datetime) -> None:
    if fact.competency_id is None:
        return
    rating = debriefs_of(fact.session_id)[Part.LEARNER].rating
    shared = {
        "competency_id": fact.competency_id,
        "source_kind": SOURCE,
        "source_id": str(fact.session_id),
        "observed_at": fact.ends_at,
        "minutes": fact.minutes,
    }
    watched = fact.mode == Mode.OBSERVE
    given = [
        EvidenceInput(
            person_id=fact.learner.person_id,
            kind=EvidenceKind.OBSERVE if watched else EvidenceKind.ATTENDANCE,
            assessor_id=fact.host.person_id,
            **shared,  # type: ignore[arg-type]
        )
    ]
    if fact.kind in COACHING_KINDS and rating is not None:
        given.append(
            EvidenceInput(
                person_id=fact.host.person_id,
                kind=COACHING_KINDS[fact.kind],
                score=float(rating),
                assessor_id=fact.learner.person_id,
                **shared,  # type: ignore[arg-type]
            )
        )
    ledger.record_many(given, now)


def _note(fact: SessionFact, what: str, by: int, now: datetime, reason: str = "") -> None:
    db.session.add(
        SessionEvent(
            session_id=fact.session_id,
            what=what,
            by_id=by,
            at=now,
            starts_at=fact.starts_at,
            reason=reason.strip(),
        )
    )
    db.session.flush()


def _get(session_id: int) -> SessionFact:
    fact = find_session(session_id)
    if fact is None:
        raise NotFound()
    return fact
