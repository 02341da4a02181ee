"""The demo organisation shows what the product is for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.competency import queries as competency
from app.competency import service as ledger
from app.curriculum import queries as curriculum
from app.curriculum.definitions import ActivityKind
from app.db import transaction
from app.demo.build import build
from app.demo.roster import SIGN_INS, members
from app.onboarding import queries as onboarding
from app.onboarding.standing import Risk
from app.people import queries as people
from app.quizzes import queries as quizzes
from app.quizzes.queries_results import results_for
from app.quizzes.statistics import MINIMUM_ATTEMPTS
from app.roleplays import queries_waiting as roleplays
from app.scheduling import queries as scheduling
from app.scheduling import queries_waiting as scheduling_waiting
from config import ROOT
from tests.support.client import PageClient


@pytest.fixture(scope="module")
def library():
    return read_library(ROOT).library


def people_are_many(demo):
    cards = people.list_active()
    assert len(cards) == 60
    assert len({card.time_zone for card in cards}) == 3
    assert any("\u0600" <= c <= "\u06ff" for card in cards for c in card.name)
    assert any("\u4e00" <= c <= "\u9fff" for card in cards for c in card.name)


def new_hires_differ(demo):
    risks = Counter(hire.standing.risk for hire in onboarding.list_new_hires(clock.now()))
    assert risks[Risk.LATE] >= 1
    assert risks[Risk.AT_RISK] >= 1
    assert risks[Risk.ON_TRACK] + risks[Risk.DONE] >= 1


def one_competency_hangs_on_one_person(demo):
    held = competency.matrix_for(list(demo.values()), clock.now())
    experts = [
        p
        for p, mine in held.items()
        if "negotiation-basics" in mine and mine["negotiation-basics"].level >= 3
    ]
    assert experts == [demo["hiro"]]
    assert any(level.lapsing for mine in held.values() for level in mine.values())


def sessions_lie_behind_and_ahead(demo):
    assert len({session.session_id for session in scheduling.held_sessions(demo.values())}) >= 4
    now = clock.now()
    assert len(scheduling.sessions_between(demo.values(), now, now + timedelta(days=30))) >= 3


def the_host_has_something_of_each_kind_to_do(demo):
    hiro = people.actor_for(demo["hiro"], clock.now())
    kinds = {item.what for item in scheduling_waiting.waiting_for(hiro, clock.now())}
    assert {"answer", "debrief"} <= kinds
    assert {item.kind for item in roleplays.waiting_for(hiro, clock.now())} >= {"assess", "sign_off"}


def no_quiz_is_done_without_a_passed_attempt(demo):
    progress = curriculum.progress_of(list(demo.values()))
    done = [
        (person_id, step.key)
        for person_id, modules in progress.items()
        for module in modules.values()
        for step in module.steps
        if step.done and step.kind == ActivityKind.QUIZ
    ]
    assert done
    results = results_for(list(demo.values()))
    passed = {
        (person_id, each.activity_key) for person_id, mine in results.items() for each in mine if each.passed
    }
    assert set(done) <= passed


def two_quizzes_have_enough_attempts_for_figures(demo):
    for key in ("listening-and-empathy/check", "how-sales-works/check"):
        first = {each.person_id: each for each in quizzes.handed_in_attempts(key)}
        marks = [each.percent for each in first.values() if each.percent is not None]
        assert len(marks) >= MINIMUM_ATTEMPTS
        assert min(marks) < 80 <= max(marks)


def the_matrix_rests_on_the_ledger(demo):
    assert ledger.rebuild(clock.now(), check=True) == []


def each_demo_person_can_sign_in(app):
    for _kind, key, _what in SIGN_INS:
        answer = PageClient(app).post(
            "/sign-in", {"email": f"{key}@halden.example", "password": "tandem-demo"}
        )
        assert answer.status == 303, key


@pytest.mark.slow
def test_the_demo_shows_what_the_product_is_for(app, library):
    now = clock.now()
    with transaction():
        load(library, "digest", now)
        build(now)
    demo = {card.email.partition("@")[0]: card.person_id for card in people.list_active()}
    people_are_many(demo)
    new_hires_differ(demo)
    one_competency_hangs_on_one_person(demo)
    sessions_lie_behind_and_ahead(demo)
    the_host_has_something_of_each_kind_to_do(demo)
    no_quiz_is_done_without_a_passed_attempt(demo)
    two_quizzes_have_enough_attempts_for_figures(demo)
    the_matrix_rests_on_the_ledger(demo)
    each_demo_person_can_sign_in(app)


def test_managers_stand_before_their_reports():
    seen = set()
    for member in members():
        assert member.reports_to is None or member.reports_to in seen
        seen.add(member.key)
