"""Bookings and answers sent in the same moment leave one consistent calendar."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.competency.kinds import EvidenceKind
from app.competency.queries_ledger import list_evidence
from app.db import db, transaction
from app.scheduling import queries, service
from app.scheduling.kinds import State
from tests.competency.support import bring
from tests.scheduling.support import (
    NOTES,
    after,
    agreed,
    floor,
    propose,
    ready,
    wanted,
)
from tests.support.factories import NOW, make_person


@pytest.fixture(autouse=True)
def _ready(org):
    ready(org)


def state_of(session_id):
    return queries.find_session(session_id).state


def race(app, *attempts):
    """Run the attempts at the same moment in threads of their own; return what each ended with."""
    gate, results = threading.Barrier(len(attempts)), []

    def run(attempt):
        with app.app_context():
            gate.wait()
            try:
                results.append(("won", attempt()))
            except service.BookingRefused as refused:
                results.append(("refused", {each.code for each in refused.refusals}))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_managers_pressing_at_once_book_a_host_once(app, org):
    with transaction():
        rival = make_person("Rita", team_id=org.sales_team, manager_id=org.other_manager).id
    db.session.rollback()

    def book(by, learner_id):
        with transaction():
            return service.propose_session(org.actor(by), wanted(org, learner_id=learner_id), NOW)

    for _round in range(3):
        results = race(app, lambda: book("manager", org.learner), lambda: book("other_manager", rival))
        assert sorted(kind for kind, _what in results) == ["refused", "won"]
        [why] = [what for kind, what in results if kind == "refused"]
        assert "booked" in why
        [won] = [what for kind, what in results if kind == "won"]
        db.session.rollback()
        with transaction():
            by = "manager" if queries.find_session(won).learner.person_id == org.learner else "other_manager"
            service.cancel(org.actor(by), won, "again", NOW)


def test_two_bookings_at_once_cannot_break_a_floor_together(app, org):
    floor("support", 2)  # three work then: one may leave
    bring(org.other, 3, org.other_manager, at=NOW - timedelta(days=3))

    def book(learner_id, host_id):
        with transaction():
            return service.propose_session(
                org.actor("manager"), wanted(org, learner_id=learner_id, host_id=host_id), NOW
            )

    results = race(app, lambda: book(org.learner, org.host), lambda: book(org.colleague, org.other))
    assert sorted(kind for kind, _what in results) == ["refused", "won"]
    assert ("refused", {"floor"}) in results


def test_both_accepting_at_once_makes_it_agreed(app, org):
    session_id = propose(org)

    def say_yes(kind):
        with transaction():
            return service.accept(org.actor(kind), session_id, 0, NOW)

    race(app, lambda: say_yes("learner"), lambda: say_yes("host"))
    db.session.rollback()
    assert state_of(session_id) == State.ACCEPTED


def test_both_debriefing_at_once_still_makes_evidence(app, org):
    session_id = agreed(org)
    now = after(session_id)
    with transaction():
        service.mark_held(now)
    db.session.rollback()
    both_wrote = threading.Barrier(2)

    def write(kind, rating):
        with transaction():
            notes = replace(NOTES, rating=rating)
            both = service.write_debrief(org.actor(kind), session_id, notes, now)
            with suppress(threading.BrokenBarrierError):  # where the second waits for the first
                both_wrote.wait(timeout=0.5)
        return both

    results = race(app, lambda: write("learner", 5), lambda: write("host", None))
    db.session.rollback()
    assert sorted(both for _kind, both in results) == [False, True]
    assert EvidenceKind.OBSERVE in {each.row.kind for each in list_evidence(org.learner, "spot-lead")}
