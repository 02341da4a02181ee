from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.answer_text import tidy
from app.quizzes.attempt_rules import (
    GRACE,
    Phase,
    QuizRules,
    StartReason,
    answer_order,
    choose_questions,
    due_at,
    ends_submitted,
    match_options,
    may_review,
    may_start,
    over_at,
    phase_at,
    sure_to_pass,
)
from app.quizzes.definitions import OnTimeout, Review
from app.quizzes.marking import Response
from app.quizzes.question import Pair, Question, QuestionType, Text
from app.quizzes.question_json import (
    question_from_json,
    question_to_json,
    response_from_json,
    response_to_json,
)
from app.quizzes.texts import GAP, render_question, to_html, unpack
from tests.quizzes.formats.strategies import questions

START = datetime(2026, 6, 3, 9, tzinfo=UTC)
DESCRIPTION = Question(QuestionType.DESCRIPTION, "read", Text("read"))
ESSAY = Question(QuestionType.ESSAY, "write", Text("write"))
kinds = st.lists(st.sampled_from([DESCRIPTION, ESSAY]), max_size=12)
seeds = st.integers(min_value=0, max_value=2**48 - 1)


def asked(chosen, given_questions):
    return [index for index in chosen if given_questions[index].type is not QuestionType.DESCRIPTION]


@given(kinds, seeds, st.booleans(), st.none() | st.integers(1, 14))
def test_a_draw_takes_as_many_as_it_says_each_once_and_the_same_for_a_seed(kinds, seed, shuffle, draw):
    rules = QuizRules(shuffle=shuffle, draw=draw)
    chosen = choose_questions(kinds, rules, seed)
    assert chosen == choose_questions(kinds, rules, seed)
    assert len(set(chosen)) == len(chosen)
    in_bank = sum(question is ESSAY for question in kinds)
    assert len(asked(chosen, kinds)) == min(in_bank, draw or in_bank)
    if draw is None:
        assert sorted(chosen) == list(range(len(kinds)))
    if not shuffle:
        assert sorted(chosen) == list(chosen)


@given(kinds, seeds)
def test_a_description_stays_in_front_of_its_question(kinds, seed):
    chosen = choose_questions(kinds, QuizRules(shuffle=True), seed)
    for place, index in enumerate(chosen[:-1]):
        if kinds[index] is DESCRIPTION:
            assert chosen[place + 1] == index + 1


def test_seeds_give_different_orders():
    orders = {choose_questions([ESSAY] * 8, QuizRules(), seed) for seed in range(20)}
    assert len(orders) > 10


@given(questions(), seeds, st.integers(1, 30), st.booleans())
def test_every_answer_is_shown_once(question, seed, position, shuffle):
    order = answer_order(question, QuizRules(shuffle=shuffle), seed, position)
    assert sorted(order) == list(range(len(question.answers)))
    if not shuffle or question.type is not QuestionType.MULTICHOICE:
        assert list(order) == sorted(order)
    options = [tidy(option) for option in match_options(question, seed, position)]
    assert sorted(options) == sorted({tidy(pair.answer) for pair in question.pairs})


@given(questions())
def test_a_question_comes_back_from_the_bank_as_it_was(question):
    text = question_to_json(question)
    assert question_from_json(text) == question
    assert question_to_json(question_from_json(text)) == text


@given(
    st.builds(Response, st.lists(st.integers(0, 20)).map(tuple), st.text(), st.lists(st.text()).map(tuple))
)
def test_a_response_comes_back_as_it_was(response):
    assert response_from_json(response_to_json(response)) == response


@given(questions())
def test_what_authors_write_never_runs(question):
    html = unpack(question_to_json(question), render_question(question, "/media/m"))
    shown = " ".join((html.text, *html.answers, *html.stems, *html.feedback.values())).lower()
    assert "<script" not in shown
    assert "<style" not in shown
    assert "<iframe" not in shown


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (Text("a < b & c"), {}, "<p>a &lt; b &amp; c</p>"),
        (Text("one\ntwo"), {"inline": True}, "one<br>two"),
        (Text("one\n\ntwo"), {"inline": True}, "one<br>two"),
        (Text('<a href="javascript:x()">y</a>', "html"), {}, '<a rel="noopener noreferrer">y</a>'),
        (Text('<b onclick="x()">y</b>', "html"), {"inline": True}, "<b>y</b>"),
        (Text("**y** _____ z", "markdown"), {"blank": True}, f"<p><strong>y</strong> {GAP} z</p>"),
        (Text("![p](../media/a.svg)", "markdown"), {"media_base": "/media/m", "inline": True}, '<img alt="p" src="/media/m/a.svg">'),
        (Text("![p](https://else.example/a.svg)", "markdown"), {"media_base": "/media/m", "inline": True}, "p"),
        (Text("![p](media/a.svg)", "markdown"), {"inline": True}, "p"),
        (Text("<b>y</b>", "plain"), {"inline": True}, "&lt;b&gt;y&lt;/b&gt;"),
    ],
)  # fmt: skip
def test_texts_become_safe_html(text, options, expected):
    assert to_html(text, **options) == expected


@pytest.mark.parametrize(
    ("rules", "earlier", "hours_ago", "reason", "left"),
    [
        (QuizRules(), 0, None, StartReason.ALLOWED, None),
        (QuizRules(), 7, 0, StartReason.ALLOWED, None),
        (QuizRules(attempts=2), 1, 1, StartReason.ALLOWED, 1),
        (QuizRules(attempts=2), 2, 1, StartReason.NONE_LEFT, 0),
        (QuizRules(attempts=2), 3, 1, StartReason.NONE_LEFT, 0),
        (QuizRules(retake_wait_hours=5), 1, 4.9, StartReason.WAIT, None),
        (QuizRules(retake_wait_hours=5), 1, 5, StartReason.ALLOWED, None),
        (QuizRules(attempts=1), 0, None, StartReason.IN_PROGRESS, 1),
    ],
)
def test_when_another_attempt_may_begin(rules, earlier, hours_ago, reason, left):
    ended = None if hours_ago is None else START - timedelta(hours=hours_ago)
    ruling = may_start(rules, earlier, ended, reason is StartReason.IN_PROGRESS, START)
    assert (ruling.reason, ruling.left) == (reason, left)


@pytest.mark.parametrize(
    ("minutes", "extra", "seconds"), [(10, 0, 600), (10, 25, 750), (1, 33, 80), (1, 1, 61)]
)
def test_extra_time_is_rounded_up_to_seconds(minutes, extra, seconds):
    rules = QuizRules(time_limit_minutes=minutes)
    assert due_at(rules, START, extra) == START + timedelta(seconds=seconds)


def test_negative_extra_time_is_impossible():
    with pytest.raises(ValueError, match="negative"):
        due_at(QuizRules(), START, -1)


@given(st.sampled_from(OnTimeout), st.integers(-3600, 3600))
def test_an_attempt_is_over_exactly_when_it_ends_by_itself(policy, offset):
    rules = QuizRules(time_limit_minutes=10, on_timeout=policy)
    now = START + timedelta(seconds=offset)
    phase = phase_at(rules, START, now)
    assert (phase is Phase.OVER) == (now >= over_at(rules, START))
    assert (phase is Phase.ANSWERS) == (now < START)
    assert (phase is Phase.HAND_IN_ONLY) == (policy is OnTimeout.GRACE and START <= now < START + GRACE)
    assert ends_submitted(rules) == (policy is OnTimeout.SUBMIT)


@pytest.mark.parametrize(
    ("policy", "passed", "open_"),
    [(Review.AFTER_SUBMIT, False, True), (Review.AFTER_PASS, False, False), (Review.AFTER_PASS, True, True), (Review.NEVER, True, False)],
)  # fmt: skip
def test_when_answers_are_shown(policy, passed, open_):
    assert may_review(QuizRules(review=policy), passed) is open_


@pytest.mark.parametrize(
    ("mark", "max_mark", "passes"), [(8, 10, True), (7.99, 10, False), (0, 0, False), (2.4, 3, True)]
)
def test_sure_to_pass_at_80_percent(mark, max_mark, passes):
    assert sure_to_pass(mark, max_mark, 80) is passes


def test_rules_come_back_from_json():
    rules = QuizRules(draw=3, on_timeout=OnTimeout.DISCARD, review=Review.NEVER, attempts=2)
    assert QuizRules.from_json(rules.to_json()) == rules


def test_options_of_a_matching_question_are_offered_once():
    question = Question(
        QuestionType.MATCHING,
        "m",
        Text("m"),
        pairs=(Pair(Text("a"), "x"), Pair(Text("b"), " x "), Pair(Text(""), "y")),
    )
    assert len(match_options(question, 1, 1)) == 2
