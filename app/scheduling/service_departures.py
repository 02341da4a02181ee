"""End what people whose account was deactivated had booked, and pass on the consents they owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling import service_agreement as agreement
from app.scheduling import service_notices, service_rotation_notices
from app.scheduling import service_rotations as rotations
from app.scheduling import service_sessions as sessions
from app.scheduling.kinds import LIVE, MANAGERS, Answer, Part, State
from app.scheduling.models_calendar import PairingRule
from app.scheduling.models_rotations import Rotation, RotationAnswer
from app.scheduling.models_sessions import SessionAnswer, ShadowSession
from app.scheduling.queries_rotations import RotationFact, find_rotation
from app.scheduling.queries_sessions import PartAnswer, SessionFact, find_session
from app.scheduling.service_agreement import ROTATION, SESSION


def release_departed(now: datetime) -> int:
    """Cancel coming sessions and rotations of deactivated people and tell the others; return how many.

    Pins to a deactivated host end, or nobody could host that learner any more.
    A rotation that has begun ends as well, its signed tasks stay. A consent that waits for a deactivated
    manager is asked of the manager of today; where there is none, it is not needed.
    """
    _end_pins(now)
    return sum(_release_session(each, now) for each in _live_sessions(now)) + sum(
        _release_rotation(each, now) for each in _live_rotations()
    )


def _end_pins(now: datetime) -> None:
    pins = PairingRule.kind == "pin", PairingRule.ended_at.is_(None)
    hosts = people.cards(set(db.session.scalars(select(PairingRule.host_id).where(*pins))))
    gone = [each.person_id for each in hosts.values() if not each.is_active]
    if gone:
        db.session.execute(
            update(PairingRule).where(*pins, PairingRule.host_id.in_(gone)).values(ended_at=now)
        )


def _live_sessions(now: datetime) -> list[int]:
    """Return the coming sessions in which somebody deactivated takes part or is asked."""
    asked: dict[int, set[int]] = {}
    for session_id, *two in db.session.execute(
        select(ShadowSession.id, ShadowSession.learner_id, ShadowSession.host_id).where(
            ShadowSession.state.in_(LIVE), ShadowSession.starts_at > now
        )
    ):
        asked[session_id] = set(two)
    for session_id, person_id in db.session.execute(
        select(SessionAnswer.session_id, SessionAnswer.person_id).where(
            SessionAnswer.session_id.in_(asked), SessionAnswer.answer == Answer.WAITING
        )
    ):
        asked[session_id].add(person_id)
    return _with_departed(asked)


def _live_rotations() -> list[int]:
    """Return the live rotations in which somebody deactivated takes part or is asked."""
    asked: dict[int, set[int]] = {}
    for rotation_id, *two in db.session.execute(
        select(Rotation.id, Rotation.employee_id, Rotation.supervisor_id).where(Rotation.state.in_(LIVE))
    ):
        asked[rotation_id] = set(two)
    for rotation_id, person_id in db.session.execute(
        select(RotationAnswer.rotation_id, RotationAnswer.person_id).where(
            RotationAnswer.rotation_id.in_(asked), RotationAnswer.answer == Answer.WAITING
        )
    ):
        asked[rotation_id].add(person_id)
    return _with_departed(asked)


def _with_departed(asked: dict[int, set[int]]) -> list[int]:
    cards = people.cards({person_id for ids in asked.values() for person_id in ids})
    return [each for each, ids in asked.items() if any(not cards[one].is_active for one in ids)]


def _release_session(session_id: int, now: datetime) -> bool:
    fact = find_session(session_id)
    if fact is None:
        return False
    gone = next((each for each in (fact.learner, fact.host) if not each.is_active), None)
    if gone is None:
        _pass_on_session(fact, now)
        return False
    reason = _reason(gone)
    if not sessions.close_session(session_id, State.CANCELLED, reason, now):
        return False
    sessions.note_event(session_id, "left", None, now, fact.starts_at, reason=reason)
    service_notices.ended_with_account(fact, gone, _concerned(fact.answers, gone), now)
    return True


def _pass_on_session(fact: SessionFact, now: datetime) -> None:
    for answer in _owed_by_departed(fact.answers):
        heir = _manager_of(fact.learner)
        agreement.pass_on(SESSION, fact.session_id, answer.part, heir.person_id if heir else None)
        if heir is None:
            sessions.settle(fact.session_id, now)
        else:
            service_notices.asked(fact, heir, answer.part, now)


def _release_rotation(rotation_id: int, now: datetime) -> bool:
    fact = find_rotation(rotation_id)
    if fact is None:
        return False
    gone = next((each for each in (fact.employee, fact.supervisor) if not each.is_active), None)
    if gone is None:
        _pass_on_rotation(fact, now)
        return False
    if not rotations.close_rotation(rotation_id, State.CANCELLED, _reason(gone), now):
        return False
    service_rotation_notices.ended_with_account(fact, gone, _concerned(fact.answers, gone), now)
    return True


def _pass_on_rotation(fact: RotationFact, now: datetime) -> None:
    for answer in _owed_by_departed(fact.answers):
        heir = _manager_of(fact.employee if answer.part == Part.MANAGER else fact.supervisor)
        agreement.pass_on(ROTATION, fact.rotation_id, answer.part, heir.person_id if heir else None)
        if heir is None:
            rotations.settle(fact.rotation_id, now)
        else:
            service_rotation_notices.asked(fact, [heir], now)


def _owed_by_departed(answers: Iterable[PartAnswer]) -> list[PartAnswer]:
    owed = [each for each in answers if each.part in MANAGERS and each.answer == Answer.WAITING]
    cards = people.cards({each.person_id for each in owed})
    return [each for each in owed if not cards[each.person_id].is_active]


def _manager_of(person: PersonCard) -> PersonCard | None:
    card = people.find_card(person.manager_id) if person.manager_id is not None else None
    return card if card is not None and card.is_active else None


def _concerned(answers: Iterable[PartAnswer], gone: PersonCard) -> list[PersonCard]:
    asked = {each.person_id for each in answers}
    if gone.manager_id is not None:
        asked.add(gone.manager_id)
    return [card for card in people.cards(asked - {gone.person_id}).values() if card.is_active]


def _reason(gone: PersonCard) -> str:
    return _("%(name)s no longer has an account here.", name=gone.name)
