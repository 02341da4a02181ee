"""Requests that nobody answers are brought to mind once; those of people who left come to an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app import jobs as scheduled
from app.curriculum import queries as curriculum
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people import service_people
from app.people.models import Person
from app.people.queries import actor_for
from app.roleplays import queries, service_signoffs
from app.roleplays import queries_signoffs as sign_offs
from app.roleplays.queries_waiting import waiting_for
from app.roleplays.states import RoundState
from tests.roleplays.support import TASK, ask, give_level, load_files, sheet_with, submit


@pytest.fixture(autouse=True)
def _loaded(org):
    load_files()
    for who in (org.host, org.other):
        give_level(who, org.hr)


def leave_for_good(person_id):
    with transaction():
        version = db.session.get_one(Person, person_id).version
        service_people.deactivate(None, person_id, version, clock.now())


def run(after=timedelta()):
    scheduled.run_due(clock.now() + after)
    db.session.rollback()


def subjects(person_id, word):
    return [item.subject for item in inbox(person_id) if word in item.subject]


def ask_sign_off(org):
    task = curriculum.find_activity(TASK)
    with transaction():
        return service_signoffs.ask(actor_for(org.learner, clock.now()), task, org.host, "4711", clock.now())


def test_a_request_to_an_assessor_who_left_goes_back_to_the_learner(org):
    round_id, _sheet = ask(org.learner, org.host)
    leave_for_good(org.host)
    run()
    run(timedelta(minutes=5))
    assert len(subjects(org.learner, "cannot assess")) == 1
    assert "no longer has an account" in inbox(org.learner)[0].body
    assert queries.find_round(round_id).state == RoundState.WITHDRAWN
    assert ask(org.learner, org.other)[0] != round_id


def test_a_round_goes_on_with_the_assessors_who_remain(org):
    round_id, _one = ask(org.learner, org.host)
    _round, two = ask(org.learner, org.other)
    submit(org.other, two, sheet_with(4))
    leave_for_good(org.host)
    run()
    found = queries.find_round(round_id)
    assert (found.state, found.passed) == (RoundState.DONE, True)


def test_requests_of_a_learner_who_left_end(org):
    round_id, _sheet = ask(org.learner, org.host)
    sign_off_id = ask_sign_off(org)
    leave_for_good(org.learner)
    run()
    run(timedelta(minutes=5))
    assert queries.find_round(round_id).state == RoundState.WITHDRAWN
    assert sign_offs.find_sign_off(sign_off_id).state == "withdrawn"
    assert waiting_for(actor_for(org.host, clock.now()), clock.now()) == []
    assert len(subjects(org.host, "any more")) == 2


def test_a_sign_off_asked_of_somebody_who_left_goes_back_to_the_learner(org):
    sign_off_id = ask_sign_off(org)
    leave_for_good(org.host)
    run()
    run(timedelta(minutes=5))
    assert sign_offs.find_sign_off(sign_off_id).state == "withdrawn"
    assert subjects(org.learner, "no longer sign off") == ["Hiro 田中 can no longer sign off your task"]


def test_requests_without_an_answer_are_brought_to_mind_once_after_three_days(org):
    ask(org.learner, org.host)
    ask_sign_off(org)
    run(timedelta(days=2, hours=23))
    assert subjects(org.host, "still waits") == []
    for days in (3.1, 3.2, 5, 9):
        run(timedelta(days=days))
    assert len(subjects(org.host, "still waits for you:")) == 1
    assert len(subjects(org.host, "still waits for your sign-off")) == 1


def test_a_sheet_that_was_begun_or_submitted_is_not_brought_to_mind(org):
    _round, sheet_id = ask(org.learner, org.host)
    submit(org.host, sheet_id, sheet_with(3))
    run(timedelta(days=4))
    assert subjects(org.host, "still waits") == []
