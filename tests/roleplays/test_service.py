"""Loading, asking, scoring, settling, reconciling and what becomes evidence."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app import clock
from app.authoring.reader import read_library
from app.competency import queries_ledger
from app.competency.kinds import EvidenceKind
from app.curriculum import queries as curriculum
from app.db import db, transaction
from app.notifications import queries as notices
from app.notifications.queries import inbox
from app.people.queries import actor_for
from app.roleplays import (
    queries,
    queries_raters,
    service,
    service_requests,
    service_scoring,
    service_signoffs,
)
from app.roleplays import queries_signoffs as sign_offs
from app.roleplays.definition_text import from_text, to_text
from app.roleplays.queries_waiting import recent_feedback, waiting_for
from app.roleplays.rating import ImpossibleRating
from app.roleplays.service_scoring import SheetIncomplete, SheetSubmitted
from app.roleplays.sheet import Sheet
from app.roleplays.states import RoundState, SheetState
from config import ROOT
from tests.roleplays.support import (
    COMPETENCY,
    KEY,
    TASK,
    ask,
    give_level,
    load_files,
    score,
    sheet_with,
    submit,
)

NOW = clock.now


@pytest.fixture
def loaded(org):
    load_files()
    for who in (org.host, org.other):
        give_level(who, org.hr)
    return org


def me(person_id):
    return actor_for(person_id, NOW())


def evidence(person_id, kind=EvidenceKind.ROLE_PLAY):
    return [each for each in queries_ledger.list_evidence(person_id, COMPETENCY) if each.row.kind is kind]


def subjects(person_id):
    return [each.subject for each in notices.inbox(person_id)]


def load_definition(change):
    definition = read_library(ROOT / "tests/authoring/library").library.role_plays[0]
    with transaction():
        return service.load_role_plays([change(definition)] if change else [], NOW())


def test_a_definition_comes_back_from_its_text():
    for definition in read_library(ROOT).library.role_plays:
        assert from_text(to_text(definition)) == definition


def test_loading_versions_what_changed_and_rounds_keep_theirs(loaded):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    assert load_definition(lambda each: each) == []
    assert load_definition(lambda each: replace(each, title="New")) == [f"role-play {KEY}: version 2"]
    assert queries.newest_version(KEY)[1].title == "New"
    assert queries.find_round(round_id).definition.title == "The angry caller"
    assert load_definition(None) == [f"role-play {KEY}: retired"]
    assert queries.find_role_play(KEY) is None
    assert submit(loaded.host, sheet_id, sheet_with(4)).passed


def test_a_passed_role_play_is_evidence_progress_and_feedback(loaded):
    found = score(loaded.learner, (loaded.host, 3))
    assert (found.state, found.passed, found.mean) == (RoundState.DONE, True, 3.0)
    [row] = evidence(loaded.learner)
    assert (row.row.passed, row.row.score, row.row.assessor_id) == (True, 3.0, loaded.host)
    assert row.row.assessor_in_good_standing
    steps = {s.key: s.done for s in curriculum.module_progress(loaded.learner)["calm"].steps}
    assert steps[KEY]
    assert "Passed: “The angry caller”" in subjects(loaded.learner)
    assert [each.round_id for each in recent_feedback(loaded.learner, NOW())] == [found.id]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_failed_one_is_kept_without_progress_and_can_be_played_again(loaded, level):
    found = score(loaded.learner, (loaded.host, level))
    assert found.passed is False
    assert [each.row.passed for each in evidence(loaded.learner)] == [False]
    assert not any(s.done for s in curriculum.module_progress(loaded.learner)["calm"].steps)
    again = score(loaded.learner, (loaded.host, 4))
    assert again.id != found.id and again.passed


def test_asking_twice_is_one_round_one_sheet_one_notice(loaded):
    assert ask(loaded.learner, loaded.host) == ask(loaded.learner, loaded.host)
    assert len([s for s in subjects(loaded.host) if "please assess" in s]) == 1


def test_nobody_assesses_themselves(loaded):
    with pytest.raises(service.NotYourOwn), transaction():
        service.ask_assessor(me(loaded.host), loaded.host, KEY, loaded.host, NOW())


def test_submitting_twice_yields_one_result(loaded):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    first = submit(loaded.host, sheet_id, sheet_with(3))
    second = submit(loaded.host, sheet_id, sheet_with(0))
    assert second.mean == first.mean == 3.0
    assert len(evidence(loaded.learner)) == 1


def test_two_presses_at_once_submit_once(loaded, app):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    actor, now = me(loaded.host), NOW()
    db.session.rollback()
    barrier, answers = threading.Barrier(4), []

    def press(level):
        with app.app_context():
            barrier.wait()
            with transaction():
                found = service_scoring.submit_sheet(actor, sheet_id, sheet_with(level), now)
            answers.append((found.state, found.mean))

    threads = [threading.Thread(target=press, args=(level,)) for level in (3, 4, 3, 4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert len(evidence(loaded.learner)) == 1
    assert len([s for s in subjects(loaded.learner) if s.startswith("Passed")]) == 1


def test_two_requests_at_once_open_one_round(loaded, app):
    actor, now = me(loaded.learner), NOW()
    db.session.rollback()
    barrier, answers = threading.Barrier(4), []

    def press(assessor):
        with app.app_context():
            barrier.wait()
            with transaction():
                answers.append(service.ask_assessor(actor, loaded.learner, KEY, assessor, now)[0])

    threads = [threading.Thread(target=press, args=(who,)) for who in (loaded.host, loaded.other) * 2]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert len(queries.find_round(answers[0]).sheets) == 2


def test_a_round_waits_for_every_observer(loaded):
    _round, one = ask(loaded.learner, loaded.host)
    _round, two = ask(loaded.learner, loaded.other)
    assert submit(loaded.host, one, sheet_with(3)).state is RoundState.OPEN
    assert evidence(loaded.learner) == []
    assert submit(loaded.other, two, sheet_with(4)).mean == 3.5


def test_scores_two_levels_apart_wait_and_a_joint_decision_settles_them(loaded):
    found = score(loaded.learner, (loaded.host, 2), (loaded.other, 4))
    assert found.state is RoundState.NEEDS_RECONCILIATION
    assert evidence(loaded.learner) == []
    with pytest.raises(ImpossibleRating), transaction():
        service_scoring.propose(me(loaded.host), found.id, {}, "why", NOW())
    with pytest.raises(ValueError), transaction():
        service_scoring.propose(me(loaded.manager), found.id, {"listens": 3}, "why", NOW())
    with transaction():
        service_scoring.propose(me(loaded.host), found.id, {"listens": 3}, "We talked", NOW())
    assert queries.find_round(found.id).state is RoundState.NEEDS_RECONCILIATION
    assert [w.kind for w in waiting_for(me(loaded.other), NOW())] == ["reconcile"]
    with transaction():
        assert not service_scoring.agree(me(loaded.other), found.id, loaded.host, {"listens": 4}, NOW())
    with transaction():
        assert service_scoring.agree(me(loaded.other), found.id, loaded.host, {"listens": 3}, NOW())
    settled = queries.find_round(found.id)
    assert (settled.state, settled.mean, settled.passed) == (RoundState.DONE, 3.0, True)
    assert len(evidence(loaded.learner)) == 1
    assert settled.sheets[0].sheet.scores == {"listens": 2}  # what each saw stays as it was


def test_a_further_observer_settles_a_divergence(loaded):
    found = score(loaded.learner, (loaded.host, 1), (loaded.other, 3))
    give_level(loaded.colleague, loaded.hr)
    _round, sheet_id = ask(loaded.learner, loaded.colleague, by=loaded.host)
    settled = submit(loaded.colleague, sheet_id, sheet_with(3))
    assert settled.id == found.id and settled.sheet_of(loaded.colleague).further
    assert (settled.state, settled.mean) == (RoundState.DONE, 3.0)


def test_an_assessor_out_of_step_waits_for_a_second_one(loaded, monkeypatch):
    low = {loaded.host: queries_raters.Standing.SECOND_NEEDED}
    monkeypatch.setattr(
        queries_raters,
        "quality_of",
        lambda ids: {
            each: queries_raters.RaterQuality(str(each), 12, 0.5, 0.1, 0.0, 0.0, low[each])
            for each in ids
            if each in low
        },
    )
    found = score(loaded.learner, (loaded.host, 4))
    assert found.state is RoundState.NEEDS_SECOND
    assert evidence(loaded.learner) == []
    assert score(loaded.learner, (loaded.other, 3)).mean == 3.5
    assert len(evidence(loaded.learner)) == 1


def test_quality_of_assessors_comes_from_shared_ratings(loaded):
    score(loaded.learner, (loaded.host, 3), (loaded.other, 4))
    score(loaded.colleague, (loaded.host, 3))
    quality = queries_raters.quality_of([loaded.host])[loaded.host]
    assert (quality.shared_ratings, quality.residual, quality.mean_agreement) == (1, -1.0, 0.75)
    assert queries_raters.may_stand_alone([loaded.host])


def test_saving_keeps_what_is_not_mentioned(loaded):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    for entered in (
        Sheet({"listens": 2}),
        Sheet({"listens": None}),
        Sheet({}, {"listens": "Said “I see” twice"}),
        Sheet(overall_note="Calm"),
        Sheet(global_rating=3),
    ):
        with transaction():
            service_scoring.save_sheet(me(loaded.host), sheet_id, entered)
    sheet = queries.find_round(round_id).sheets[0].sheet
    assert sheet == Sheet({"listens": None}, {"listens": "Said “I see” twice"}, "Calm", 3)


@pytest.mark.parametrize(
    ("entered", "criteria", "nothing", "overall"),
    [
        (Sheet(), ("listens",), False, True),
        (Sheet({"listens": None}, {}, None, 2), (), True, False),
        (Sheet({"listens": 3}), (), False, True),
    ],
)
def test_an_unfinished_sheet_is_not_submitted(loaded, entered, criteria, nothing, overall):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    with pytest.raises(SheetIncomplete) as caught:
        submit(loaded.host, sheet_id, entered)
    lack = caught.value.lack
    assert (lack.criteria, lack.nothing_assessed, lack.global_rating) == (criteria, nothing, overall)
    assert queries.find_round(round_id).sheets[0].state is SheetState.DRAFT


@pytest.mark.parametrize("entered", [Sheet({"listens": 5}), Sheet({"charm": 1}), Sheet({}, {"charm": "x"})])
def test_impossible_entries_are_refused(loaded, entered):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    with pytest.raises(ImpossibleRating), transaction():
        service_scoring.save_sheet(me(loaded.host), sheet_id, entered)


def test_nobody_writes_on_another_sheet_or_after_submitting(loaded):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    with pytest.raises(LookupError), transaction():
        service_scoring.save_sheet(me(loaded.other), sheet_id, sheet_with(1))
    submit(loaded.host, sheet_id, sheet_with(3))
    with pytest.raises(SheetSubmitted), transaction():
        service_scoring.save_sheet(me(loaded.host), sheet_id, sheet_with(0))


def test_declining_ends_a_round_without_anyone_left_and_goes_on_with_the_others(loaded):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    with transaction():
        assert service_requests.decline(me(loaded.host), sheet_id, "On leave", NOW())
    assert queries.find_round(round_id).state is RoundState.WITHDRAWN
    assert "On leave. You can ask someone else." in [n.body for n in notices.inbox(loaded.learner)]
    _round, one = ask(loaded.learner, loaded.host)
    _round, two = ask(loaded.learner, loaded.other)
    submit(loaded.host, one, sheet_with(3))
    with transaction():
        assert service_requests.decline(me(loaded.other), two, "", NOW())
    assert queries.find_round_of_sheet(one).state is RoundState.DONE


def test_the_learner_takes_back_only_what_nobody_has_begun(loaded):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    with transaction():
        service_scoring.save_sheet(me(loaded.host), sheet_id, Sheet({"listens": 1}))
    with transaction():
        assert not service_requests.take_back(me(loaded.learner), sheet_id, NOW())
    with transaction():
        assert service_requests.take_back(me(loaded.manager), sheet_id, NOW())
    assert queries.find_round(round_id).state is RoundState.WITHDRAWN


def test_the_stop_watch_stops_and_goes_on(loaded):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    for act, seconds, expected, running in (
        ("start", 0, 0, True),
        ("stop", 95, 95, False),
        ("start", None, 95, True),
        ("reset", 130, 0, False),
    ):
        with transaction():
            service_scoring.run_clock(me(loaded.host), sheet_id, act, seconds, NOW())
        sheet = queries.find_round(round_id).sheets[0]
        assert (sheet.clock_seconds, sheet.clock_started_at is not None) == (expected, running)


def test_rated_feedback_is_coaching_evidence_once(loaded):
    found = score(loaded.learner, (loaded.host, 3))
    sheet_id = found.sheets[0].id
    with pytest.raises(service.NotYourOwn), transaction():
        service.rate_feedback(me(loaded.other), found.id, sheet_id, 5, NOW())
    with pytest.raises(ValueError), transaction():
        service.rate_feedback(me(loaded.learner), found.id, sheet_id, 6, NOW())
    with transaction():
        service.rate_feedback(me(loaded.learner), found.id, sheet_id, 5, NOW())
    with pytest.raises(service.RatingGiven), transaction():
        service.rate_feedback(me(loaded.learner), found.id, sheet_id, 1, NOW())
    assert [each.row.score for each in evidence(loaded.host, EvidenceKind.ASSESSING)] == [5.0]


def test_assessors_are_colleagues_at_level_three_else_the_manager_else_hr(org):
    load_files()
    found = queries.assessors_for(org.learner, [COMPETENCY], NOW())
    assert ([c.person_id for c in found.cards], found.fallback) == ([org.manager], True)
    assert [c.person_id for c in queries.assessors_for(org.manager, [COMPETENCY], NOW()).cards] == [org.hr]
    give_level(org.learner, org.hr)
    assert queries.assessors_for(org.learner, [COMPETENCY], NOW()).fallback
    give_level(org.host, org.hr)
    found = queries.assessors_for(org.learner, [COMPETENCY], NOW())
    assert ([c.person_id for c in found.cards], found.fallback) == ([org.host], False)


def ask_sign_off(org, signer):
    task = curriculum.find_activity(TASK)
    with transaction():
        return service_signoffs.ask(me(org.learner), task, signer, "Ticket 4711", NOW())


def test_a_sign_off_is_evidence_and_completes_the_task(loaded):
    sign_off_id = ask_sign_off(loaded, loaded.host)
    assert ask_sign_off(loaded, loaded.host) == sign_off_id
    assert [w.kind for w in waiting_for(me(loaded.host), NOW())] == ["sign_off"]
    for _press in range(2):
        with transaction():
            service_signoffs.sign(me(loaded.host), sign_off_id, "Let her finish", NOW())
    [row] = evidence(loaded.learner, EvidenceKind.ASSIST)
    assert (row.row.assessor_id, row.row.assessor_level, row.note) == (loaded.host, 3, "Let her finish")
    assert {s.key: s.done for s in curriculum.module_progress(loaded.learner)["calm"].steps}[TASK]
    assert waiting_for(me(loaded.host), NOW()) == []
    assert [each.is_read for each in inbox(loaded.host) if each.link == f"/sign-offs/{sign_off_id}"] == [True]


def test_a_refused_sign_off_gives_nothing_but_the_reason(loaded):
    sign_off_id = ask_sign_off(loaded, loaded.host)
    with pytest.raises(LookupError), transaction():
        service_signoffs.refuse(me(loaded.other), sign_off_id, "No", NOW())
    with transaction():
        assert service_signoffs.refuse(me(loaded.host), sign_off_id, "Try again on Monday", NOW())
    with transaction():
        assert service_signoffs.sign(me(loaded.host), sign_off_id, "Fine", NOW()) is None
    assert evidence(loaded.learner, EvidenceKind.ASSIST) == []
    assert "Try again on Monday" in [n.body for n in notices.inbox(loaded.learner)]


def test_nobody_signs_off_themselves_or_what_was_taken_back(loaded):
    task = curriculum.find_activity(TASK)
    with pytest.raises(service.NotYourOwn), transaction():
        service_signoffs.ask(me(loaded.host), task, loaded.host, "", NOW())
    sign_off_id = ask_sign_off(loaded, loaded.host)
    with transaction():
        assert service_signoffs.withdraw(me(loaded.learner), sign_off_id, NOW())
    with transaction():
        assert service_signoffs.sign(me(loaded.host), sign_off_id, "Fine", NOW()) is None
    assert sign_offs.sign_offs_of(loaded.learner, TASK)[0].state == "withdrawn"
