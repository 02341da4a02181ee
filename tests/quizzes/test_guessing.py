"""What random guessing earns, and which answers the statistics list."""

import pytest

from app.quizzes.guessing import question_facts, random_guess_score
from app.quizzes.marking import Item, Response, mark_question
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text, true_false_answers


def asked(kind: QuestionType, *fractions: float, **rest: object) -> Question:
    answers = tuple(Answer(Text(f"a{n}"), fraction) for n, fraction in enumerate(fractions))
    return Question(kind, "q", Text("Ask?"), answers, **rest)  # type: ignore[arg-type]


CAPITALS = Question(
    QuestionType.MATCHING,
    "m",
    Text("Match"),
    pairs=(Pair(Text("Rome"), "Italy"), Pair(Text("Milan"), "Italy"), Pair(Text(), "Peru")),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (asked(QuestionType.MULTICHOICE, 1, 0, 0, 0), 0.25),
        # A harmful answer earns nothing here, so it cannot pull the mean down: (1 + 0.5 + 0)/3.
        (asked(QuestionType.MULTICHOICE, 1, 0.5, -0.5), 0.5),
        (asked(QuestionType.MULTICHOICE, 0.5, 0.5, -1, single=False), None),
        (Question(QuestionType.TRUEFALSE, "t", Text("So?"), true_false_answers(True)), 0.5),
        (asked(QuestionType.SHORTANSWER, 1), 0.0),
        (Question(QuestionType.SHORTANSWER, "s", Text("?"), (Answer(Text("*"), 0.1),)), 0.1),
        (CAPITALS, 0.5),
        (asked(QuestionType.ESSAY), 0.0),
        (asked(QuestionType.DESCRIPTION), None),
    ],
)
def test_random_guess_score_of_each_type(question: Question, expected: float | None) -> None:
    assert random_guess_score(question) == expected


@pytest.mark.parametrize("question", [asked(QuestionType.MULTICHOICE, 1, 0.5, 0, -0.5)])
def test_guess_score_is_the_mean_mark_over_all_answers(question: Question) -> None:
    marks = [mark_question(Item(question, Response((n,)))).mark for n in range(len(question.answers))]
    assert random_guess_score(question) == sum(marks) / len(marks)


def test_facts_name_answers_as_marking_does() -> None:
    choice = asked(QuestionType.MULTICHOICE, 1, 0)
    assert mark_question(Item(choice, Response((1,)))).keys[0] in question_facts(choice).answers
    typed = asked(QuestionType.SHORTANSWER, 1)
    assert mark_question(Item(typed, Response(text="?"))).keys[0] in question_facts(typed).answers
    matched = mark_question(Item(CAPITALS, Response(matches=("Italy", " Peru")))).keys
    assert {key: question_facts(CAPITALS).answers[key] for key in matched} == {
        "0: Italy": 0.5,
        "1: Peru": 0.0,
    }
