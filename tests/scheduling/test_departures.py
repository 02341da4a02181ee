from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import jobs as scheduled
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people import service_people
from app.people.models import Person
from app.scheduling import queries, service
from app.scheduling.kinds import State
from app.scheduling.models_sessions import BookedSlot
from tests.scheduling.support import AT, accept, agreed, held, propose, ready
from tests.scheduling.test_rotations import agreed_rotation, answer, book
from tests.support.factories import NOW

BEGUN = NOW + timedelta(days=13)


@pytest.fixture(autouse=True)
def _ready(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


def leave_for_good(person_id, reports_to=None):
    with transaction():
        version = db.session.get_one(Person, person_id).version
        service_people.deactivate(None, person_id, version, NOW, reports_to=reports_to)


def run(now=NOW):
    scheduled.run_due(now)
    db.session.rollback()


def cancelled(person_id):
    return [item for item in inbox(person_id) if item.subject.startswith("Cancelled")]


def slots():
    return db.session.scalar(select(func.count()).select_from(BookedSlot))


def test_a_coming_session_of_somebody_who_left_is_cancelled_and_the_others_are_told_once(org):
    session_id = agreed(org)
    leave_for_good(org.host)
    run()
    run(NOW + timedelta(minutes=5))
    fact = queries.find_session(session_id)
    assert (fact.state, fact.reason) == (State.CANCELLED, "Hiro 田中 no longer has an account here.")
    assert slots() == 0
    for person_id in (org.learner, org.manager, org.other_manager):
        assert len(cancelled(person_id)) == 1
    assert "Thu 4 Jun 2026 10:00 (Europe/Berlin)" in cancelled(org.learner)[0].body
    assert cancelled(org.host) == []


def test_the_page_of_such_a_session_says_why(org, as_):
    session_id = agreed(org)
    leave_for_good(org.host)
    run()
    assert "no longer has an account here" in as_("learner").get(f"/sessions/{session_id}").words()


def test_sessions_that_took_place_and_those_of_others_stay(org):
    past = held(org)
    leave_for_good(org.colleague)
    kept = agreed(org, starts_at=AT + timedelta(days=7))
    run(AT + timedelta(days=1))
    assert queries.find_session(kept).state == State.ACCEPTED
    leave_for_good(org.host)
    run(AT + timedelta(days=2))
    assert queries.find_session(past).state == State.HELD
    assert queries.find_session(kept).state == State.CANCELLED


def test_the_consent_of_a_manager_who_left_is_asked_of_the_next(org):
    session_id = propose(org, "learner")
    accept(org, session_id, "host")
    leave_for_good(org.manager, reports_to=org.colleague)
    run()
    run(NOW + timedelta(minutes=5))
    asked = [item.subject for item in inbox(org.colleague) if "consent" in item.subject]
    assert len(asked) == 1
    assert [each.session_id for each in queries.answers_wanted(org.actor("colleague"), NOW)] == [session_id]
    accept(org, session_id, "colleague")
    assert queries.find_session(session_id).state == State.ACCEPTED


def test_without_a_next_manager_no_consent_is_needed(org):
    session_id = propose(org, "learner")
    accept(org, session_id, "host")
    leave_for_good(org.manager)
    run()
    assert queries.find_session(session_id).state == State.ACCEPTED


@pytest.mark.parametrize("who", ["learner", "host"])
@pytest.mark.parametrize("now", [NOW, BEGUN])
def test_a_rotation_ends_with_the_account_of_employee_or_supervisor(org, who, now):
    rotation_id = agreed_rotation(org)
    leave_for_good(getattr(org, who))
    run(now)
    run(now + timedelta(minutes=5))
    assert queries.find_rotation(rotation_id).state == State.CANCELLED
    assert slots() == 0
    assert len(cancelled(org.manager)) == len(cancelled(org.other_manager)) == 1


def test_the_consent_to_a_rotation_passes_on_too(org):
    rotation_id = book(org, "learner")
    answer(org, rotation_id, "host", "other_manager")
    leave_for_good(org.manager, reports_to=org.colleague)
    run()
    with transaction():
        service.answer_rotation(org.actor("colleague"), rotation_id, True, "", NOW)
    assert queries.find_rotation(rotation_id).state == State.ACCEPTED
