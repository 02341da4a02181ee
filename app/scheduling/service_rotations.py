"""What can be done with rotations: propose, consent, sign off tasks, call off."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.competency import queries as competency
from app.competency import service as ledger
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.db import db
from app.facts import Impossible
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import access, access_rotations, service_guard
from app.scheduling import service_agreement as agreement
from app.scheduling import service_rotation_notices as notices
from app.scheduling.inputs import BookingRefused, ChangedMeanwhile, NotOver, NotQualified, RotationProposal
from app.scheduling.kinds import HOST_LEVEL, LIVE, Answer, Part, State
from app.scheduling.models_rotations import GuestCap, Rotation, RotationTask
from app.scheduling.queries_rotations import (
    RotationFact,
    find_rotation,
    find_rotation_by_request,
    judge_wanted,
)
from app.scheduling.rules import RuleRefusal
from app.scheduling.service_agreement import ROTATION
from app.web.refusals import Forbidden, NotFound
from app.weeks import midnight


def propose_rotation(actor: Actor, given: RotationProposal, now: datetime) -> int:
    """Book a proposed rotation and ask everybody concerned; return its id.

    The employee's working slots of those days are taken from here on. Sent twice with the same
    `request_key`, it is booked once. Raises BookingRefused, NotFound, and Impossible for days in the wrong
    order or no task.
    """
    if given.request_key and (known := find_rotation_by_request(given.request_key)) is not None:
        return known
    employee = access.get_learner(actor, given.employee_id)
    supervisor = people.find_card(given.supervisor_id)
    if supervisor is None or people.team_name(given.host_team_id) is None:
        raise NotFound()
    if given.until_on < given.from_on or not given.tasks:
        raise Impossible("a rotation has days in order and at least one task")
    _lock(employee, given, now)
    if given.request_key and (known := find_rotation_by_request(given.request_key)) is not None:
        return known
    refusals, slots = judge_wanted(given, now)
    if refusals:
        raise BookingRefused(refusals)
    row = Rotation(
        uid=f"{uuid4()}@tandem",
        request_key=given.request_key,
        employee_id=given.employee_id,
        host_team_id=given.host_team_id,
        supervisor_id=given.supervisor_id,
        proposer_id=actor.person_id,
        from_on=given.from_on,
        until_on=given.until_on,
        note=given.note.strip(),
        created_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    try:
        service_guard.take_slots(
            [(given.employee_id, slot, True) for slot in sorted(slots)], rotation_id=row.id
        )
    except service_guard.SlotTaken as taken:
        raise BookingRefused((RuleRefusal(1, "booked", given.employee_id),)) from taken
    db.session.add_all(
        RotationTask(rotation_id=row.id, position=n, title=task.title, competency_id=task.competency_id)
        for n, task in enumerate(given.tasks)
    )
    _ask(actor, row.id, employee, supervisor, now)
    settle(row.id, now)
    _invite(row.id, now)
    return row.id


def answer_rotation(actor: Actor, rotation_id: int, yes: bool, reason: str, now: datetime) -> State:
    """Answer in every part in which the actor is asked; a no calls it off. Repeated, the state stays.

    Raises Forbidden when the actor is not asked, ChangedMeanwhile when it was called off or begins before
    the yes.
    """
    access_rotations.get_rotation(actor, rotation_id)
    agreement.take(ROTATION, rotation_id)
    fact = _get(rotation_id)
    parts = access_rotations.parts_to_answer(actor, fact)
    if not parts:
        if any(a.decided_by == actor.person_id for a in fact.answers):
            return fact.state
        raise Forbidden()
    if fact.state != State.PROPOSED or (yes and fact.begun(now)):
        raise ChangedMeanwhile()
    given = Answer.YES if yes else Answer.NO
    settled = agreement.answer(ROTATION, rotation_id, parts, given, by=actor.person_id, now=now)
    notices.settled(rotation_id, settled, now)
    if yes:
        return settle(rotation_id, now)
    _end(actor, rotation_id, State.DECLINED, reason, now)
    return State.DECLINED


def cancel_rotation(actor: Actor, rotation_id: int, reason: str, now: datetime) -> State:
    """Call off a rotation that has not begun; repeated, it returns the state as it is."""
    fact = access_rotations.get_rotation_to_change(actor, rotation_id)
    if fact.state in LIVE and not fact.begun(now):
        _end(actor, rotation_id, State.CANCELLED, reason, now)
        return State.CANCELLED
    return fact.state


def sign_off_task(actor: Actor, rotation_id: int, task_id: int, note: str, now: datetime) -> bool:
    """Sign off one task; it becomes evidence where it names a competency. Returns whether it was new.

    Raises NotOver before the first day, NotQualified when the supervisor does not hold level 3 in the
    task's competency, NotFound for a task of another rotation.
    """
    fact = access_rotations.get_rotation_to_sign_off(actor, rotation_id)
    task = next((each for each in fact.tasks if each.task_id == task_id), None)
    if task is None:
        raise NotFound()
    if fact.state not in (State.ACCEPTED, State.HELD) or not fact.begun(now):
        raise NotOver()
    if (
        task.competency_id is not None
        and competency.level_of(actor.person_id, task.competency_id, now) < HOST_LEVEL
    ):
        raise NotQualified()
    changed = db.session.execute(
        update(RotationTask)
        .where(RotationTask.id == task_id, RotationTask.signed_off_at.is_(None))
        .values(signed_off_at=now, signed_off_by=actor.person_id, signed_off_note=note.strip())
        .execution_options(synchronize_session=False)
        .returning(RotationTask.id)
    ).first()
    if changed is None:
        return False
    if task.competency_id is not None:
        ledger.record_evidence(
            EvidenceInput(
                person_id=fact.employee.person_id,
                competency_id=task.competency_id,
                kind=EvidenceKind.ROTATION_TASK,
                source_kind="rotation_task",
                source_id=str(task_id),
                observed_at=now,
                note=note.strip() or task.title,
                assessor_id=actor.person_id,
                recorded_by=actor.person_id,
            ),
            now,
        )
    notices.signed_off(_get(rotation_id), task, now)
    return True


def close_rotations(now: datetime) -> None:
    """Mark agreed rotations held after their last day, and end unanswered ones on their first."""
    begun_somewhere = now.date() + timedelta(days=1)  # it is tomorrow already in zones east of UTC
    rows = db.session.execute(
        select(Rotation.id, Rotation.state).where(
            Rotation.state.in_(LIVE), Rotation.from_on <= begun_somewhere
        )
    ).all()
    for rotation_id, state in rows:
        fact = _get(rotation_id)
        if state == State.PROPOSED and fact.begun(now):
            why = _("Not everybody had answered before its first day.")
            if close_rotation(rotation_id, State.CANCELLED, why, now):
                notices.lapsed(fact, now)
        elif state == State.ACCEPTED and now >= midnight(
            fact.until_on + timedelta(days=1), fact.employee.time_zone
        ):
            close_rotation(rotation_id, State.HELD, "", now)


def set_guest_cap(team_id: int, guests: int) -> None:
    """Set how many guests a team takes at the same time. Raises Impossible for a negative number."""
    if guests < 0:
        raise Impossible("guests are counted from 0")
    db.session.merge(GuestCap(team_id=team_id, guests=guests))
    db.session.flush()


def _lock(employee: PersonCard, given: RotationProposal, now: datetime) -> None:
    keys = [service_guard.person_key(employee.person_id), service_guard.team_key(given.host_team_id)]
    if employee.department_key:
        at = midnight(given.from_on, employee.time_zone)
        until = midnight(given.until_on + timedelta(days=1), employee.time_zone)
        while at < until + timedelta(days=7):
            keys.append(service_guard.department_key(employee.department_key, at))
            at += timedelta(days=7)
    service_guard.lock(keys)


def _ask(actor: Actor, rotation_id: int, employee: PersonCard, supervisor: PersonCard, now: datetime) -> None:
    asked = [(Part.EMPLOYEE, employee.person_id), (Part.SUPERVISOR, supervisor.person_id)]
    if employee.manager_id is not None:
        asked.append((Part.MANAGER, employee.manager_id))
    if supervisor.manager_id is not None:
        asked.append((Part.HOST_MANAGER, supervisor.manager_id))
    mine = access_rotations.parts_of(actor, employee.person_id, supervisor.person_id)
    agreement.ask(ROTATION, rotation_id, asked, mine, by=actor.person_id, now=now)


def _invite(rotation_id: int, now: datetime) -> None:
    fact = _get(rotation_id)
    waiting = {a.person_id for a in fact.answers if a.answer == Answer.WAITING}
    notices.asked(fact, list(people.cards(waiting).values()), now)


def settle(rotation_id: int, now: datetime) -> State:
    """Make a proposed rotation agreed once nobody is waited for, and tell the two."""
    changed = agreement.settle(ROTATION, rotation_id, now)
    fact = _get(rotation_id)
    if changed:
        notices.agreed(fact, now)
    return fact.state


def _end(actor: Actor, rotation_id: int, state: State, reason: str, now: datetime) -> None:
    if close_rotation(rotation_id, state, reason.strip(), now):
        fact = _get(rotation_id)
        others = {a.person_id for a in fact.answers} - {actor.person_id}
        notices.called_off(fact, actor.name, list(people.cards(others).values()), now)


def close_rotation(rotation_id: int, state: State, reason: str, now: datetime) -> bool:
    """End a live rotation and give its days back unless it was held; return whether this call did it.

    Call it before anybody is told: what asked for an answer that is not needed any more is marked read.
    """
    changed = agreement.close(ROTATION, rotation_id, state, reason, now)
    if changed:
        notices.settled(rotation_id, agreement.waited_for(ROTATION, rotation_id), now)
    if changed and state != State.HELD:
        service_guard.free_slots(rotation_id=rotation_id)
    return changed


def _get(rotation_id: int) -> RotationFact:
    fact = find_rotation(rotation_id)
    if fact is None:
        raise NotFound()
    return fact
