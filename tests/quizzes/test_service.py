from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app.competency import queries as competency
from app.competency import queries_ledger as ledger
from app.curriculum import queries as curriculum
from app.db import db, transaction
from app.notifications.models import Notice
from app.quizzes import access, jobs, queries, service, service_grading
from app.quizzes.attempt_rules import AttemptState as State
from app.quizzes.definitions import OnTimeout
from app.quizzes.marking import EMPTY, Response
from app.quizzes.models import Attempt, QuestionVersion
from app.quizzes.queries_open import open_attempts
from app.quizzes.queries_results import results_for
from app.quizzes.question_json import response_mark, response_to_json
from app.quizzes.service import AttemptAlreadySubmitted, AttemptNotAllowed, Given, SaveState, TimeIsUp
from tests.quizzes.bank import ESSAY, GIFT, KEY, load
from tests.support.factories import NOW

BLANK_MARK = response_mark("")
RIGHT = {
    "c-1": Response(choices=(0,)),
    "c-2": Response(choices=(0, 1)),
    "c-3": Response(choices=(0,)),
    "c-4": Response(text="words"),
    "c-5": Response(text="3"),
    "c-6": Response(matches=("Name it", "Wait", "Offer time")),
    "c-7": Response(choices=(0,)),
    "c-8": Response(text="I hear you. Let us look at it together."),
}


def start(person_id, now=NOW, seed=1):
    with transaction():
        return service.start_attempt(person_id, KEY, now, seed)


def given(response, version=0, base=BLANK_MARK, page="", step=0):
    return Given(response, version, base, page, step)


def save(attempt_id, answers, now=NOW):
    with transaction():
        return service.save_answers(attempt_id, answers, now)


def answer(attempt_id, responses, now=NOW):
    """Answer by question id."""
    by_id = {slot.question_id: slot for slot in queries.slots(attempt_id)}
    return save(
        attempt_id,
        {by_id[name].position: given(response, by_id[name].version) for name, response in responses.items()},
        now,
    )


def submit(attempt_id, now=NOW):
    with transaction():
        return service.submit_attempt(attempt_id, now)


def taken(person_id, responses=RIGHT, now=NOW):
    attempt_id = start(person_id, now)
    known = {slot.question_id for slot in queries.slots(attempt_id)}
    answer(attempt_id, {name: r for name, r in responses.items() if name in known}, now)
    submit(attempt_id, now)
    return queries.find_attempt(attempt_id)


def test_loading_again_changes_nothing(org):
    assert "quiz calm/check: new" in load()
    assert load() == []


def test_a_passed_quiz_gives_the_level_and_completes_the_activity(org):
    load()
    attempt = taken(org.learner)
    assert (attempt.state, attempt.percent, attempt.passed) == (State.GRADED, 100, True)
    assert {c.competency_id: c.percent for c in attempt.competencies} == {"keep-calm": 100, "sell-well": 100}
    assert competency.level_of(org.learner, "keep-calm", NOW) == 1
    assert {change.competency_id for change in attempt.level_changes} == {"keep-calm", "sell-well"}
    assert curriculum.module_progress(org.learner)["calm"].state == "done"


def test_evidence_is_per_competency(org):
    load()
    attempt = taken(org.learner, {name: RIGHT[name] for name in ("c-1", "c-2", "c-3")})
    assert not attempt.passed
    assert competency.level_of(org.learner, "keep-calm", NOW) == 1
    assert competency.level_of(org.learner, "sell-well", NOW) == 0


def test_the_best_attempt_counts(org):
    load()
    taken(org.learner)
    taken(org.learner, {}, NOW + timedelta(hours=1))
    [result] = results_for([org.learner])[org.learner]
    assert (result.best_percent, result.passed, result.attempts) == (100, True, 2)
    assert competency.level_of(org.learner, "keep-calm", NOW + timedelta(hours=1)) == 1


def test_submitting_twice_gives_one_result(org):
    load()
    attempt = taken(org.learner)
    assert submit(attempt.id, NOW + timedelta(minutes=3)) is State.GRADED
    assert queries.find_attempt(attempt.id) == attempt
    assert len(ledger.list_evidence(org.learner)) == 2


def test_answers_after_handing_in_are_refused(org):
    load()
    attempt = taken(org.learner)
    with pytest.raises(AttemptAlreadySubmitted):
        save(attempt.id, {1: given(EMPTY)})


def test_starting_twice_is_one_attempt(org):
    load()
    assert start(org.learner, seed=1) == start(org.learner, seed=2)


def test_an_attempt_keeps_the_versions_and_rules_it_began_with(org):
    load()
    attempt_id = start(org.learner)
    before = queries.slots(attempt_id)
    changes = load(gift=GIFT.replace("=Listen", "=Listen well"), pass_percent=10)
    assert changes[:2] == ["question c-1: version 2", "quiz calm/check: version 2"]
    assert queries.slots(attempt_id) == before
    assert queries.find_attempt(attempt_id).rules.pass_percent == 80
    other = queries.slots(start(org.colleague))
    assert {slot.question_version for slot in other if slot.question_id == "c-1"} == {2}


def test_a_version_taken_back_is_a_third_version(org):
    load()
    load(gift=GIFT.replace("=Listen", "=Listen well"))
    load()
    rows = db.session.scalars(select(QuestionVersion.version).where(QuestionVersion.question_id == "c-1"))
    assert sorted(rows) == [1, 2, 3]


# Saving, with two windows open ---------------------------------------------------------------------------


def stored(attempt_id, position=1):
    slot = queries.slots(attempt_id)[position - 1]
    return slot.response, slot.version


def test_two_windows_answering_different_questions_lose_nothing(org):
    load(shuffle=False)
    attempt_id = start(org.learner)
    save(attempt_id, {1: given(Response(choices=(0,)), page="a", step=1)})
    save(attempt_id, {1: given(EMPTY), 4: given(Response(text="words"), page="b", step=1)})
    assert stored(attempt_id, 1) == (response_to_json(Response(choices=(0,))), 1)
    assert stored(attempt_id, 4) == (response_to_json(Response(text="words")), 1)


def test_the_same_answer_from_an_outdated_window_is_contested_not_overwritten(org):
    load(shuffle=False)
    attempt_id = start(org.learner)
    save(attempt_id, {1: given(Response(choices=(0,)), page="a", step=1)})
    [contested] = save(attempt_id, {1: given(Response(choices=(1,)), page="b", step=1)})
    assert contested.state is SaveState.CONFLICT
    assert stored(attempt_id) == (response_to_json(Response(choices=(0,))), 1)
    [chosen] = save(attempt_id, {1: given(Response(choices=(1,)), contested.version, page="b", step=2)})
    assert (chosen.state, chosen.version) == (SaveState.SAVED, 2)


def test_a_page_may_save_again_before_the_first_save_is_acknowledged(org):
    load(shuffle=False)
    attempt_id = start(org.learner)
    save(attempt_id, {1: given(Response(choices=(0,)), page="a", step=1)})
    [second] = save(attempt_id, {1: given(Response(choices=(2,)), page="a", step=2)})
    assert (second.state, second.version) == (SaveState.SAVED, 2)


def test_a_save_that_arrives_late_does_not_undo_a_newer_one(org):
    load(shuffle=False)
    attempt_id = start(org.learner)
    save(attempt_id, {1: given(Response(choices=(2,)), page="a", step=2)})
    save(attempt_id, {1: given(Response(choices=(0,)), page="a", step=1)})
    assert stored(attempt_id)[0] == response_to_json(Response(choices=(2,)))


def test_sent_again_after_a_lost_acknowledgement_it_is_taken_once(org):
    load(shuffle=False)
    attempt_id = start(org.learner)
    sent = {1: given(Response(choices=(0,)), page="a", step=1)}
    assert save(attempt_id, sent)[0].version == save(attempt_id, sent)[0].version == 1


# Time ----------------------------------------------------------------------------------------------------

LIMIT = {"time_limit_minutes": 10}


@pytest.mark.parametrize(
    ("policy", "minute", "takes_answers", "then"),
    [
        (OnTimeout.SUBMIT, 9.9, True, State.GRADED),
        (OnTimeout.SUBMIT, 10, False, State.GRADED),
        (OnTimeout.GRACE, 12, False, State.GRADED),
        (OnTimeout.GRACE, 15, False, State.ABANDONED),
        (OnTimeout.DISCARD, 9.9, True, State.GRADED),
        (OnTimeout.DISCARD, 10, False, State.ABANDONED),
    ],
)
def test_the_servers_clock_decides(org, policy, minute, takes_answers, then):
    load(**LIMIT, on_timeout=policy)
    attempt_id = start(org.learner)
    answer(attempt_id, {"c-1": RIGHT["c-1"]})
    now = NOW + timedelta(minutes=minute)
    if takes_answers:
        answer(attempt_id, {"c-3": RIGHT["c-3"]}, now)
    else:
        with pytest.raises(TimeIsUp):
            answer(attempt_id, {"c-3": RIGHT["c-3"]}, now)
    assert submit(attempt_id, now) is then
    attempt = queries.find_attempt(attempt_id)
    assert attempt.mark == (None if then is State.ABANDONED else 2 if takes_answers else 1)


def test_the_job_ends_overdue_attempts_once(org):
    load(**LIMIT)
    attempt_id = start(org.learner)
    answer(attempt_id, {"c-1": RIGHT["c-1"]})
    late = NOW + timedelta(minutes=30)
    with transaction():
        assert jobs.end_overdue(NOW + timedelta(minutes=9)) == 0
    for expected in (1, 0):
        with transaction():
            assert jobs.end_overdue(late) == expected
    attempt = queries.find_attempt(attempt_id)
    assert (attempt.state, attempt.ended_by_clock) == (State.GRADED, True)
    assert attempt.ended_at == NOW + timedelta(minutes=10)
    assert len(ledger.list_evidence(org.learner)) == 2


def test_extra_time_lengthens_the_limit(org):
    load(**LIMIT)
    with transaction():
        service.set_extra_time(org.learner, 50, org.hr, NOW)
    assert queries.find_attempt(start(org.learner)).due_at == NOW + timedelta(minutes=15)
    assert queries.find_attempt(start(org.colleague)).due_at == NOW + timedelta(minutes=10)


def test_attempts_run_out_and_wait(org):
    load(attempts=2, retake_wait_hours=24)
    taken(org.learner)
    with pytest.raises(AttemptNotAllowed) as refused:
        start(org.learner, NOW + timedelta(hours=23))
    assert refused.value.ruling.from_at == NOW + timedelta(hours=24)
    taken(org.learner, now=NOW + timedelta(hours=24))
    with pytest.raises(AttemptNotAllowed):
        start(org.learner, NOW + timedelta(days=9))


# Free answers --------------------------------------------------------------------------------------------


def test_a_pending_essay_holds_back_only_its_own_competency(org):
    load(gift=GIFT + ESSAY)
    attempt = taken(org.learner)
    assert attempt.state is State.AWAITING_GRADING
    assert attempt.passed, "7 of 8 marks are 87.5 %, whatever the essay brings"
    assert competency.level_of(org.learner, "keep-calm", NOW) == 1
    assert competency.level_of(org.learner, "sell-well", NOW) == 0


def test_what_is_open_is_ones_own_that_is_begun_and_all_that_awaits_grading(org):
    load(gift=GIFT + ESSAY)
    waiting = taken(org.learner)
    begun_id = start(org.colleague)
    begun, to_grade = open_attempts(org.colleague)
    assert [(each.id, each.module_id) for each in begun] == [(begun_id, KEY.split("/")[0])]
    assert to_grade == [waiting]
    assert open_attempts(org.learner) == ([], [waiting])
    grade(waiting.id, org.author)
    assert open_attempts(org.learner) == ([], [])


def grade(attempt_id, by, fraction=1.0, now=NOW):
    [essay] = [slot for slot in queries.slots(attempt_id) if slot.question_id == "c-8"]
    with transaction():
        return service_grading.grade_answer(attempt_id, essay.position, fraction, "Well put.", by=by, now=now)


def test_grading_settles_the_rest_once(org):
    load(gift=GIFT + ESSAY)
    attempt = taken(org.learner)
    later = NOW + timedelta(days=1)
    assert grade(attempt.id, org.author, now=later) is State.GRADED
    assert competency.level_of(org.learner, "sell-well", later) == 1
    assert len(ledger.list_evidence(org.learner)) == 2
    with pytest.raises(service_grading.NotAwaitingGrading):
        grade(attempt.id, org.author, now=later)
    [slot] = [slot for slot in queries.slots(attempt.id) if slot.question_id == "c-8"]
    assert (slot.mark, slot.comment, slot.graded_by) == (1, "Well put.", org.author)


def test_an_empty_essay_waits_for_nobody(org):
    load(gift=GIFT + ESSAY)
    assert taken(org.learner, {"c-1": RIGHT["c-1"]}).state is State.GRADED


def test_who_may_grade(org):
    load(gift=GIFT + ESSAY)
    taken(org.learner)

    def kinds(now):
        people = ("learner", "colleague", "manager", "host", "other_manager", "hr", "author", "admin")
        return {kind for kind in people if access.waiting_to_grade(org.actor(kind, now), now)}

    assert kinds(NOW + timedelta(days=1)) == {"author"}
    assert kinds(NOW + timedelta(days=8)) == {"author", "manager", "hr"}


def test_nobody_grades_themselves(org):
    load(gift=GIFT + ESSAY)
    taken(org.author)
    assert access.waiting_to_grade(org.actor("author"), NOW) == []


def test_graders_are_reminded_and_nobody_twice(org):
    load(gift=GIFT + ESSAY)
    taken(org.learner)

    def told():
        rows = db.session.scalars(select(Notice.person_id).where(Notice.link.startswith("/grading/")))
        return sorted(rows)

    assert told() == [org.manager]
    for day in (4, 8, 9):
        with transaction():
            service_grading.remind_graders(NOW + timedelta(days=day))
    assert told() == sorted([org.manager] * 3 + [org.hr])


def test_whoever_was_asked_to_grade_is_asked_no_more_once_somebody_did(org):
    load(gift=GIFT + ESSAY)
    attempt = taken(org.learner)
    with transaction():
        service_grading.remind_graders(NOW + timedelta(days=8))
    grade(attempt.id, org.author, now=NOW + timedelta(days=9))
    asked = select(Notice.person_id).where(Notice.link == f"/grading/{attempt.id}", Notice.read_at.is_(None))
    assert db.session.scalars(asked).all() == []


# Concurrency ---------------------------------------------------------------------------------------------


def at_once(app, *works):
    """Run each piece of work in a thread of its own, all starting together; return what they returned."""
    barrier, out = Barrier(len(works)), [None] * len(works)

    def run(index, work):
        with app.app_context():
            barrier.wait()
            try:
                out[index] = work()
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return out


def test_handing_in_from_two_windows_at_once_is_one_result(app, org):
    load()
    attempt_id = start(org.learner)
    answer(attempt_id, {name: RIGHT[name] for name in ("c-1", "c-2", "c-3")})
    db.session.rollback()
    states = at_once(app, *[lambda: submit(attempt_id)] * 4)
    assert states == [State.GRADED] * 4
    assert len(ledger.list_evidence(org.learner)) == 2


def test_starting_in_two_windows_at_once_is_one_attempt(app, org):
    load()
    db.session.rollback()
    ids = at_once(app, *[lambda: start(org.learner)] * 4)
    assert len(set(ids)) == 1
    assert db.session.scalar(select(func.count(Attempt.id))) == 1
    assert len(queries.slots(ids[0])) == 8


def test_answers_from_two_windows_at_once_are_all_kept(app, org):
    load()
    attempt_id = start(org.learner)
    sent = {
        slot.position: replace(given(RIGHT[slot.question_id]), page=f"page {slot.position}", step=1)
        for slot in queries.slots(attempt_id)
        if slot.question_id in RIGHT
    }
    db.session.rollback()
    at_once(app, *[lambda p=position, g=one: save(attempt_id, {p: g}) for position, one in sent.items()])
    submit(attempt_id)
    assert queries.find_attempt(attempt_id).percent == 100
