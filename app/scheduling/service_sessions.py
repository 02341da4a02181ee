"""What can be done with a session before it takes place: propose, answer, move, cancel."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from app.competency import queries as competency
from app.db import db
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import access, service_guard, service_notices
from app.scheduling import service_agreement as agreement
from app.scheduling.availability import slots_of
from app.scheduling.inputs import BookingRefused, ChangedMeanwhile, SessionMove, SessionProposal
from app.scheduling.kinds import LIVE, Answer, Part, SessionKind, State
from app.scheduling.models_sessions import SessionAnswer, SessionEvent, ShadowSession
from app.scheduling.queries_facts import load_diaries, load_duty, load_focus, load_pairing
from app.scheduling.queries_sessions import SessionFact, find_by_request, find_session
from app.scheduling.rules import Match, RuleRefusal, Wanted, judge
from app.scheduling.service_agreement import SESSION
from app.web.refusals import Forbidden, NotFound

DAY = timedelta(days=1)


def propose_session(actor: Actor, given: SessionProposal, now: datetime) -> int:
    """Book a proposed session and invite everybody else concerned; return its id.

    The slots of both people are taken from here on. Sent twice with the same `request_key`, it is booked
    once. Raises BookingRefused with every broken rule, NotFound for a person the actor may not propose
    for, and ValueError for a session off the half-hour grid.
    """
    if given.request_key and (known := find_by_request(given.request_key)) is not None:
        return known
    learner = access.get_learner(actor, given.learner_id)
    host = people.find_card(given.host_id)
    if host is None:
        raise NotFound()
    _lock(learner, host, given.starts_at)
    if given.request_key and (known := find_by_request(given.request_key)) is not None:
        return known
    overridden = _judge(actor, given, learner, now)
    row = ShadowSession(
        uid=f"{uuid4()}@tandem",
        request_key=given.request_key,
        kind=given.kind,
        mode=given.mode,
        competency_id=given.competency_id,
        learner_id=learner.person_id,
        host_id=host.person_id,
        proposer_id=actor.person_id,
        starts_at=given.starts_at,
        ends_at=given.starts_at + timedelta(minutes=given.minutes),
        minutes=given.minutes,
        note=given.note.strip(),
        override_reason=given.override_reason.strip() if overridden else "",
        overridden=" ".join(each.code for each in overridden),
        created_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _take(row.id, given, learner.person_id, host.person_id)
    _ask_everyone(actor, row.id, learner, host, now)
    note_event(row.id, "proposed", actor.person_id, now, given.starts_at, reason=given.note)
    settle(row.id, now)
    _invite(row.id, actor, now)
    return row.id


def accept(actor: Actor, session_id: int, seen_sequence: int, now: datetime) -> State:
    """Say yes in every part in which the actor is asked; return the state the session is in then.

    Pressed again, it returns the state as it is. Raises ChangedMeanwhile when the session was moved after
    the person looked at it or its time has come, Forbidden when the actor is not asked.
    """
    fact = _answering(actor, session_id, seen_sequence)
    parts = access.parts_to_answer(actor, fact)
    if not parts:
        return fact.state
    if fact.starts_at <= now:
        raise ChangedMeanwhile()
    settled = agreement.answer(SESSION, session_id, parts, Answer.YES, by=actor.person_id, now=now)
    service_notices.settled(session_id, settled, now)
    note_event(session_id, "accepted", actor.person_id, now, fact.starts_at)
    return settle(session_id, now)


def decline(actor: Actor, session_id: int, reason: str, now: datetime) -> State:
    """Say no: the session is off, its time is free again and everybody is told why. Repeated, it stays."""
    fact = _answering(actor, session_id, None)
    parts = access.parts_to_answer(actor, fact)
    if not parts:
        return fact.state
    settled = agreement.answer(SESSION, session_id, parts, Answer.NO, by=actor.person_id, now=now)
    service_notices.settled(session_id, settled, now)
    _end(session_id, State.DECLINED, reason, actor.person_id, now)
    return State.DECLINED


def cancel(actor: Actor, session_id: int, reason: str, now: datetime) -> State:
    """Call off a proposed or agreed session that has not begun; repeated, it returns the state as it is."""
    fact = access.get_session_to_change(actor, session_id)
    if fact.state in LIVE and fact.starts_at > now:
        _end(session_id, State.CANCELLED, reason, actor.person_id, now)
        return State.CANCELLED
    return fact.state


def move(actor: Actor, session_id: int, given: SessionMove, now: datetime) -> SessionFact:
    """Give a session another time; the other parts are asked again. Returns the session as it is then.

    Raises BookingRefused, ChangedMeanwhile when it is no longer as the person saw it.
    """
    before = access.get_session_to_change(actor, session_id)
    wanted = SessionProposal(
        before.learner.person_id,
        before.host.person_id,
        before.kind,
        given.starts_at,
        given.minutes,
        before.competency_id,
        before.mode,
        override_reason=given.override_reason,
    )
    if before.state in LIVE and (before.starts_at, before.minutes) == (given.starts_at, given.minutes):
        return before
    _lock(before.learner, before.host, given.starts_at)
    overridden = _judge(actor, wanted, before.learner, now, moving=session_id)
    changed = db.session.execute(
        update(ShadowSession)
        .where(
            ShadowSession.id == session_id,
            ShadowSession.version == given.seen_version,
            ShadowSession.state.in_(LIVE),
            ShadowSession.starts_at > now,
        )
        .values(
            starts_at=given.starts_at,
            ends_at=given.starts_at + timedelta(minutes=given.minutes),
            minutes=given.minutes,
            state=State.PROPOSED,
            version=ShadowSession.version + 1,
            sequence=ShadowSession.sequence + 1,
            override_reason=given.override_reason.strip() if overridden else "",
            overridden=" ".join(each.code for each in overridden),
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
        .returning(ShadowSession.id)
    ).first()
    if changed is None:
        raise ChangedMeanwhile()
    service_guard.free_slots(session_id=session_id)
    _take(session_id, wanted, before.learner.person_id, before.host.person_id)
    _ask_again(actor, before, now)
    note_event(session_id, "moved", actor.person_id, now, given.starts_at, reason=given.reason)
    settle(session_id, now, quiet=True)
    after = _get(session_id)
    by, others = _card(actor.person_id), _others(after, actor.person_id)
    service_notices.moved(after, before.starts_at, by, others, now, reason=given.reason)
    return after


def lapse_unanswered(now: datetime) -> int:
    """End invitations that nobody completed before their time; return how many."""
    ids = db.session.scalars(
        select(ShadowSession.id).where(ShadowSession.state == State.PROPOSED, ShadowSession.starts_at <= now)
    ).all()
    for session_id in ids:
        if close_session(session_id, State.CANCELLED, "", now):
            note_event(session_id, "lapsed", None, now, _get(session_id).starts_at)
            service_notices.lapsed(_get(session_id), now)
    return len(ids)


def _lock(learner: PersonCard, host: PersonCard, starts_at: datetime) -> None:
    keys = [service_guard.person_key(learner.person_id), service_guard.person_key(host.person_id)]
    keys += [
        service_guard.department_key(each.department_key, starts_at)
        for each in (learner, host)
        if each.department_key
    ]
    service_guard.lock(keys)


def _judge(
    actor: Actor,
    given: SessionProposal,
    learner: PersonCard,
    now: datetime,
    *,
    moving: int | None = None,
) -> list[RuleRefusal]:
    """Return the rules that a manager's reason lifts; raise BookingRefused for the others."""
    slots = slots_of(given.starts_at, given.minutes)
    diaries = load_diaries(
        [given.learner_id, given.host_id],
        given.starts_at - DAY,
        given.starts_at + DAY,
        without_session=moving,
    )
    focus = level = None
    if given.competency_id is not None:
        focus = load_focus(given.learner_id, given.competency_id, now)
        level = competency.level_of(given.host_id, given.competency_id, now)
    match = Match(
        diaries[given.learner_id],
        diaries[given.host_id],
        level or 0,
        focus,
        load_pairing(given.learner_id, given.competency_id),
    )
    wished = {actor.person_id} & {given.learner_id, given.host_id}
    wanted = Wanted(given.kind, given.starts_at, given.minutes, given.mode, frozenset(wished))
    duty = load_duty(learner.department_key, slots, without_session=moving)
    refusals = judge(wanted, match, duty, now)
    lifted = given.override_reason.strip() and access.can_override(actor, given.learner_id)
    if any(not (each.overridable and lifted) for each in refusals):
        raise BookingRefused(refusals)
    return list(refusals)


def _take(session_id: int, given: SessionProposal, learner_id: int, host_id: int) -> None:
    host_off = given.kind != SessionKind.SHADOWING
    slots = slots_of(given.starts_at, given.minutes)
    wanted = [(learner_id, slot, True) for slot in slots] + [(host_id, slot, host_off) for slot in slots]
    try:
        service_guard.take_slots(wanted, session_id=session_id)
    except service_guard.SlotTaken as taken:
        raise BookingRefused((RuleRefusal(1, "booked", None),)) from taken


def _ask_everyone(
    actor: Actor, session_id: int, learner: PersonCard, host: PersonCard, now: datetime
) -> None:
    asked = [(Part.LEARNER, learner.person_id), (Part.HOST, host.person_id)]
    if learner.manager_id is not None:
        asked.append((Part.MANAGER, learner.manager_id))
    mine: set[Part] = {
        part for part, person_id in asked if part != Part.MANAGER and person_id == actor.person_id
    }
    if people.manages(actor, learner.person_id):
        mine.add(Part.MANAGER)
    agreement.ask(SESSION, session_id, asked, mine, by=actor.person_id, now=now)


def _ask_again(actor: Actor, fact: SessionFact, now: datetime) -> None:
    """Ask the two again after a move, but for whoever moved it; a manager's consent to it stays."""
    for answer in fact.answers:
        if answer.part == Part.MANAGER:
            continue
        said = answer.person_id == actor.person_id
        db.session.execute(
            update(SessionAnswer)
            .where(SessionAnswer.session_id == fact.session_id, SessionAnswer.part == answer.part)
            .values(
                answer=Answer.YES if said else Answer.WAITING,
                decided_by=actor.person_id if said else None,
                decided_at=now if said else None,
            )
            .execution_options(synchronize_session=False)
        )


def _answering(actor: Actor, session_id: int, seen_sequence: int | None) -> SessionFact:
    """Take the session's row and return it fresh, so that two answers at once both count."""
    access.get_session(actor, session_id)
    agreement.take(SESSION, session_id)
    fact = _get(session_id)
    asked = access.parts_to_answer(actor, fact)
    mine = {a.part for a in fact.answers if a.decided_by == actor.person_id}
    if not asked and not mine:
        raise Forbidden()
    if fact.state != State.PROPOSED:
        if asked:
            raise ChangedMeanwhile()
        return fact
    if asked and seen_sequence is not None and fact.sequence != seen_sequence:
        raise ChangedMeanwhile()
    return fact


def settle(session_id: int, now: datetime, *, quiet: bool = False) -> State:
    """Make a proposed session agreed once nobody is waited for, and tell the two."""
    changed = agreement.settle(SESSION, session_id, now)
    fact = _get(session_id)
    if changed and not quiet:
        service_notices.agreed(fact, now)
    return fact.state


def _end(session_id: int, state: State, reason: str, by: int, now: datetime) -> None:
    if close_session(session_id, state, reason.strip(), now):
        fact = _get(session_id)
        note_event(session_id, state.value, by, now, fact.starts_at, reason=reason)
        asked = {each.person_id for each in fact.answers} - {by}
        service_notices.called_off(fact, _card(by), list(people.cards(asked).values()), now)


def close_session(session_id: int, state: State, reason: str, now: datetime) -> bool:
    """Take a live session out of everybody's time; return whether this call did it.

    Call it before anybody is told: what asked for an answer that is not needed any more is marked read.
    """
    changed = agreement.close(SESSION, session_id, state, reason, now)
    if changed:
        service_notices.settled(session_id, agreement.waited_for(SESSION, session_id), now)
        service_guard.free_slots(session_id=session_id)
    return changed


def _invite(session_id: int, actor: Actor, now: datetime) -> None:
    fact = _get(session_id)
    cards = people.cards({a.person_id for a in fact.answers})
    for answer in fact.answers:
        if answer.answer == Answer.WAITING:
            service_notices.asked(fact, cards[answer.person_id], answer.part, now)


def _others(fact: SessionFact, person_id: int) -> list[PersonCard]:
    return [card for card in (fact.learner, fact.host) if card.person_id != person_id]


def note_event(
    session_id: int, what: str, by: int | None, now: datetime, starts_at: datetime, *, reason: str = ""
) -> None:
    """Write a step into the life of a session."""
    db.session.add(
        SessionEvent(
            session_id=session_id, what=what, by_id=by, at=now, starts_at=starts_at, reason=reason.strip()
        )
    )
    db.session.flush()


def _get(session_id: int) -> SessionFact:
    fact = find_session(session_id)
    if fact is None:
        raise NotFound()
    return fact


def _card(person_id: int) -> PersonCard:
    card = people.find_card(person_id)
    if card is None:
        raise NotFound()
    return card
