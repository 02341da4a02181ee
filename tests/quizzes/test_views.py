import json
import re

import pytest

from app import clock
from app.competency import queries as competency
from app.db import db, transaction
from app.quizzes import queries
from app.quizzes.definitions import OnTimeout, Review
from app.quizzes.queries_extra_time import extra_time_of
from app.quizzes.queries_open import open_attempts
from tests.quizzes.bank import ESSAY, GIFT, load

RIGHT = {"q-1": "0", "q-2": ["0", "1"], "q-3": "0", "q-4": "words", "q-5": "3", "q-6-0": "Name it", "q-6-1": "Wait", "q-6-2": "Offer time", "q-8": "0"}  # fmt: skip


def begin(client):
    """Press Start, or go on, and return the page of the attempt."""
    return client.get(client.post("/quizzes/calm/check/start").location)


def hand_in(client, page, **answers):
    """Fill in the page without scripts, hand in, confirm; return the review."""
    confirm = client.get(client.submit(page, button="action=hand-in", **answers).location)
    return client.get(client.submit(confirm, action="/submit").location)


def save_by_script(client, attempt_id, page, position, step=1, **answer):
    """Send one answer the way quiz.mjs does; return the reply."""
    form = page.tree.cssselect("form.attempt")[0]
    data = {"page": form.fields["page"], "step": str(step), f"v-{position}": form.fields[f"v-{position}"], f"b-{position}": form.fields[f"b-{position}"]}  # fmt: skip
    return client.post(
        f"/attempts/{attempt_id}/answers", data | answer, headers={"Accept": "application/json"}
    )


def test_the_whole_way_without_scripts(org, as_):
    load(shuffle=False)
    me = as_("learner")
    started = me.submit(me.get("/quizzes/calm/check"), action="/start")
    review = hand_in(me, me.get(started.location), **RIGHT)
    assert "Passed" in review.words()
    assert "100 %" in review.words()
    assert "A heard caller slows down." in review.words()
    assert "up from 0" in review.words()
    assert competency.level_of(org.learner, "keep-calm", clock.now()) == 1
    assert "1 of 1 steps" in me.get("/modules/calm").words()


def test_saving_without_scripts_keeps_answers_for_later(org, as_):
    load(shuffle=False)
    me = as_("learner")
    page = begin(me)
    kept = me.submit(page, button="action=save", **{"q-4": "words", "q-2": ["0"]})
    again = me.get(kept.location)
    form = again.tree.cssselect("form.attempt")[0]
    assert form.fields["q-4"] == "words"
    assert list(form.inputs["q-2"].value) == ["0"]
    assert "Go on" in me.get("/quizzes/calm/check").words()


def test_open_questions_are_named_before_the_end(org, as_):
    load(shuffle=False)
    me = as_("learner")
    confirm = me.get(me.submit(begin(me), button="action=hand-in", **{"q-1": "0"}).location)
    assert "6 questions are open" in confirm.words()
    assert "Question 1," not in confirm.words()


def test_a_script_saves_one_answer_and_learns_its_version(org, as_):
    load(shuffle=False)
    me = as_("learner")
    page = begin(me)
    reply = json.loads(save_by_script(me, 1, page, 1, **{"q-1": "0"}).text)
    assert [(a["position"], a["state"], a["version"]) for a in reply["answers"]] == [(1, "saved", 1)]
    other = begin(as_("learner"))
    assert other.tree.cssselect("form.attempt")[0].fields["q-1"] == "0"


def test_a_second_window_is_told_and_shown_what_it_could_not_save(org, as_):
    load(shuffle=False)
    me = as_("learner")
    first, second = begin(me), begin(me)
    save_by_script(me, 1, first, 4, **{"q-4": "words"})
    contested = me.submit(second, button="action=save", **{"q-4": "voice", "q-1": "0"})
    assert contested.status == 409
    assert "not saved from here: “voice”" in contested.words()
    form = contested.tree.cssselect("form.attempt")[0]
    assert (form.fields["q-4"], form.fields["q-1"]) == ("words", "0")


def test_an_answer_after_handing_in_is_refused_in_words_a_script_can_read(org, as_):
    load(shuffle=False)
    me = as_("learner")
    page = begin(me)
    hand_in(me, page, **{"q-1": "0"})
    reply = save_by_script(me, 1, page, 1, **{"q-1": "1"})
    assert (reply.status, json.loads(reply.text)["ended"]) == (409, "handed in")


@pytest.mark.parametrize(
    ("name", "value"), [("q-1", "7"), ("q-1", "-1"), ("q-1", "x"), ("q-1", ["0", "1"]), ("q-6-0", "Shout")]
)
def test_an_answer_the_page_did_not_offer_is_refused(org, as_, name, value):
    load(shuffle=False)
    me = as_("learner")
    page = begin(me)
    position = name.split("-")[1]
    reply = me.post(
        "/attempts/1/answers", {f"v-{position}": "0", name: value}, headers={"Accept": "application/json"}
    )
    assert page.status == 200
    assert reply.status == 400
    assert not any(slot.response for slot in queries.slots(1))


def test_texts_are_shown_with_their_markup_and_nothing_that_runs(org, as_):
    load(shuffle=False)
    page = begin(as_("learner"))
    assert "comes <strong>first</strong>?" in page.text
    assert "<b>breathe</b>" in page.text
    assert "alert(1)" not in page.text
    assert re.search(r"voice is\s*<select", page.text)


def test_wrong_ticks_are_announced_where_they_cost(org, as_):
    load(shuffle=False)
    assert "A wrong tick costs marks" in begin(as_("learner")).words("#question-2")
    assert "wrong tick" not in begin(as_("learner")).words("#question-1")


@pytest.mark.parametrize(
    ("review", "answers", "opened"),
    [
        (Review.AFTER_SUBMIT, {}, True),
        (Review.AFTER_PASS, {}, False),
        (Review.AFTER_PASS, RIGHT, True),
        (Review.NEVER, RIGHT, False),
    ],
)
def test_the_review_policy_decides_what_is_shown(org, as_, review, answers, opened):
    load(shuffle=False, review=review)
    me = as_("learner")
    page = hand_in(me, begin(me), **answers)
    assert ("Offer time" in page.words()) is opened
    assert "Marks" in page.words()


def test_a_locked_module_does_not_start(org, as_):
    load()
    me = as_("learner")
    assert "This quiz opens when" in me.get("/quizzes/later/check").words()
    assert me.post("/quizzes/later/check/start").status == 409
    assert open_attempts(org.learner)[0] == []


@pytest.mark.parametrize(
    ("policy", "lands_on"), [(OnTimeout.SUBMIT, "/review"), (OnTimeout.DISCARD, "/review")]
)
def test_a_page_opened_after_the_end_says_how_it_ended(org, as_, policy, lands_on):
    load(shuffle=False, time_limit_minutes=10, on_timeout=policy)
    me = as_("learner")
    page = begin(me)
    assert "10 minutes left" in page.words()
    with transaction():
        db.session.execute(
            db.text("UPDATE attempt SET due_at = :then, over_at = :then"),
            {"then": "2020-01-01 00:00:00"},
        )
    answer = me.get("/attempts/1")
    assert answer.location.endswith(lands_on)
    words = me.get(answer.location).words()
    assert "handed in for you" in words if policy is OnTimeout.SUBMIT else "Time was up before" in words


OTHERS = ("colleague", "manager", "other_manager", "author", "admin", "host")
READS = ("/attempts/1", "/attempts/1/hand-in", "/attempts/1/review")
WRITES = ("/attempts/1", "/attempts/1/answers", "/attempts/1/submit")


@pytest.mark.parametrize("kind", [*OTHERS, "hr"])
def test_an_attempt_in_progress_is_nobody_elses(org, as_, kind):
    load()
    begin(as_("learner"))
    other = as_(kind)
    assert [other.get(path).status for path in READS] == [404] * 3
    assert [other.post(path, {"q-1": "0", "v-1": "0"}).status for path in WRITES] == [404] * 3
    assert other.get("/grading/1").status == 404
    assert other.post("/grading/1/1", {"p1-share": "100"}).status == 404


@pytest.mark.parametrize(
    ("kind", "status"), [*((kind, 404) for kind in OTHERS), ("hr", 200), ("learner", 200)]
)
def test_a_result_is_for_the_person_and_hr(org, as_, kind, status):
    load()
    me = as_("learner")
    hand_in(me, begin(me))
    assert as_(kind).get("/attempts/1/review").status == status


@pytest.mark.parametrize("path", ["/quizzes/calm/check", "/grading", "/quizzes/extra-time", *READS])
def test_quizzes_need_an_account(org, as_, path):
    load()
    assert as_("nobody").get(path).location.startswith("/sign-in")


def test_an_author_grades_and_the_learner_reads_the_comment(org, as_):
    load(gift=GIFT + ESSAY, shuffle=False)
    me, author = as_("learner"), as_("author")
    review = hand_in(me, begin(me), **{"q-9": "I hear you."}, **RIGHT)
    assert "A person still reads what you wrote" in review.words()
    queue = author.get("/grading")
    assert "Lena Okafor" in queue.words()
    page = author.get("/grading/1")
    assert "I hear you." in page.words()
    assert "A caller shouts" not in page.words(), "a grader sees what waits for them and nothing else"
    faulty = author.submit(page, **{"p9-comment": "Good start"})
    assert faulty.status == 422
    assert "Good start" in faulty.text
    done = author.submit(faulty, **{"p9-share": "75", "p9-comment": "Good start"})
    assert done.location == "/grading"
    assert "The learner was told" in author.get("/grading").text
    again = me.get("/attempts/1/review").words()
    assert "Good start" in again
    assert "0.75 of 1" in again


def test_only_hr_sets_extra_time(org, as_):
    hr = as_("hr")
    page = hr.get("/quizzes/extra-time")
    hr.submit(page, person_id=str(org.learner), percent="25")
    assert extra_time_of(org.learner) == 25
    assert "25 %" in hr.get("/quizzes/extra-time").words()
    for kind in ("learner", "manager", "author"):
        assert as_(kind).get("/quizzes/extra-time").status == 403


def test_pages_ask_the_same_number_of_questions_of_the_database(org, as_, queries_of):
    load(shuffle=False)
    me = as_("learner")
    hand_in(me, begin(me), **RIGHT)
    few = queries_of(lambda: [me.get("/quizzes/calm/check"), me.get("/attempts/1/review")])
    for _ in range(3):
        hand_in(me, begin(me))
    many = queries_of(lambda: [me.get("/quizzes/calm/check"), me.get("/attempts/1/review")])
    assert many == few


def test_bad_ids_are_not_found(org, as_):
    load()
    me = as_("learner")
    assert [
        me.get(path).status for path in ("/attempts/99", "/quizzes/calm/nothing", "/quizzes/no/check")
    ] == [404] * 3
