"""What asked somebody for a word is read once the word is given or no longer wanted."""

from __future__ import annotations

import pytest

from app import clock
from app.curriculum import queries as curriculum
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people.queries import actor_for
from app.roleplays import queries, service_requests, service_scoring, service_signoffs
from app.roleplays.states import RoundState
from tests.roleplays.support import TASK, ask, give_level, load_files, score, sheet_with, submit


@pytest.fixture
def loaded(org):
    load_files()
    for who in (org.host, org.other):
        give_level(who, org.hr)
    return org


def me(person_id):
    return actor_for(person_id, clock.now())


def unread(person_id):
    db.session.rollback()
    return [each.subject for each in inbox(person_id) if not each.is_read and each.kind != "level"]


def test_a_request_to_assess_that_was_taken_back_asks_no_more(loaded):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    assert len(unread(loaded.host)) == 1
    with transaction():
        service_requests.take_back(me(loaded.learner), sheet_id, clock.now())
    assert unread(loaded.host) == ["You need not assess Lena Okafor any more"]


def test_a_sign_off_that_was_taken_back_asks_no_more(loaded):
    task = curriculum.find_activity(TASK)
    with transaction():
        sign_off_id = service_signoffs.ask(me(loaded.learner), task, loaded.host, "", clock.now())
    for _press in range(2):
        with transaction():
            service_signoffs.withdraw(me(loaded.learner), sign_off_id, clock.now())
    assert unread(loaded.host) == ["You need not sign off for Lena Okafor any more"]


def test_observers_who_have_decided_are_not_reminded_of_it(loaded):
    found = score(loaded.learner, (loaded.host, 2), (loaded.other, 4))
    assert any("lie apart" in each for each in unread(loaded.host))
    with transaction():
        service_scoring.propose(me(loaded.host), found.id, {"listens": 3}, "We talked", clock.now())
    assert unread(loaded.host) == []
    assert any("joint decision" in each for each in unread(loaded.other))
    with transaction():
        service_scoring.agree(me(loaded.other), found.id, loaded.host, {"listens": 3}, clock.now())
    assert unread(loaded.other) == []


def test_a_further_observer_learns_that_the_others_have_decided(loaded):
    found = score(loaded.learner, (loaded.host, 2), (loaded.other, 4))
    give_level(loaded.colleague, loaded.hr)
    ask(loaded.learner, loaded.colleague, by=loaded.host)
    with transaction():
        service_scoring.propose(me(loaded.host), found.id, {"listens": 3}, "We talked", clock.now())
    with transaction():
        service_scoring.agree(me(loaded.other), found.id, loaded.host, {"listens": 3}, clock.now())
    assert queries.find_round(found.id).state is RoundState.DONE
    assert unread(loaded.colleague) == ["You need not assess Lena Okafor any more"]


def test_a_submitted_sheet_is_not_asked_for_again(loaded):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    submit(loaded.host, sheet_id, sheet_with(3))
    assert unread(loaded.host) == []
