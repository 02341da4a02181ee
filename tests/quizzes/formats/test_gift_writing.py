"""What GIFT can express survives writing and reading; what it cannot is named."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes import formats
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text
from tests.quizzes.formats.strategies import SETTINGS, differences, questions

ARROW_IS_HARD = (QuestionType.SHORTANSWER, QuestionType.MATCHING)


@SETTINGS
@given(st.lists(questions(), min_size=1, max_size=3), st.text("ab/ ", max_size=5))
def test_questions_survive_gift_unchanged(drawn, category):
    drawn = [replace(question, category=category.strip()) for question in drawn]
    written = formats.write(drawn, "gift")
    if not written.written:
        assert len(written.warnings) == len(drawn)
        return
    again = formats.read(written.data, "gift")
    assert again.errors == ()
    hard = [q for q in drawn if q.type in ARROW_IS_HARD and "->" in repr(q)]
    kept = [question for question in drawn if question not in hard]
    found = [q for q in again.questions if not (q.type in ARROW_IS_HARD and "->" in repr(q))]
    assert differences(kept, found) == []
    if not hard:
        assert written.warnings == ()
        assert formats.write(again.questions, "gift").data == written.data


SHORT = Question(QuestionType.SHORTANSWER, "Name", Text("Text"), (Answer(Text("a"), 1.0),))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (replace(SHORT, case_sensitive=True), "whether capitals count"),
        (replace(SHORT, default_mark=Decimal(3)), "its mark"),
        (replace(SHORT, shuffle=False), "keep their order"),
        (replace(SHORT, correct_feedback=Text("Yes")), "the feedback for a right answer"),
        (replace(SHORT, answers=(Answer(Text("a"), 1.0), Answer(Text("b"), 0.37))), "a weight"),
        (replace(SHORT, answers=(Answer(Text("a->b"), 1.0), Answer(Text("c"), 1.0))), "left out"),
        (
            replace(SHORT, type=QuestionType.MATCHING, answers=(), pairs=(Pair(Text("a->b"), "c"),) * 2),
            "left out",
        ),
    ],
)
def test_what_gift_cannot_express_is_a_warning_with_the_questions_name(question, words):
    (warning,) = formats.write([question], "gift").warnings
    assert "“Name”" in warning.message and words in warning.message


def test_an_arrow_in_the_only_short_answer_survives():
    question = replace(SHORT, answers=(Answer(Text("a -> b", "plain"), 1.0, Text("x -> y = z")),))
    again = formats.read(formats.write([question], "gift").data).questions[0]
    assert again.type is QuestionType.SHORTANSWER
    assert again.answers[0].text.text == "a -> b"
    assert again.answers[0].feedback.text == "x -> y = z"
