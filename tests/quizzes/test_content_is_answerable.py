"""Every question that Tandem ships can be answered fully, and guessing does not pass it."""

from pathlib import Path

import pytest

from app.quizzes import formats
from app.quizzes.guessing import question_facts, random_guess_score
from app.quizzes.marking import Item, Outcome, Response, mark_question
from app.quizzes.question import Question, QuestionType
from config import ROOT

FILES = sorted((ROOT / "content").glob("*/*.gift"))


def best_response(question: Question) -> Response:
    match question.type:
        case QuestionType.MATCHING:
            return Response(matches=tuple(pair.answer for pair in question.pairs if pair.stem))
        case QuestionType.SHORTANSWER | QuestionType.NUMERICAL:
            best = max(question.answers, key=lambda answer: answer.fraction)
            return Response(text=best.text.text.replace("*", ""))
        case QuestionType.MULTICHOICE if not question.single:
            return Response(tuple(n for n, answer in enumerate(question.answers) if answer.fraction > 0))
        case QuestionType.MULTICHOICE | QuestionType.TRUEFALSE:
            fractions = [answer.fraction for answer in question.answers]
            return Response((fractions.index(max(fractions)),))
    return Response(text="…")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_best_response_earns_everything(path: Path) -> None:
    questions = formats.read(path.read_bytes(), None, path.name).questions
    assert questions
    for question in questions:
        result = mark_question(Item(question, best_response(question)))
        if question.type is QuestionType.ESSAY:
            assert result.outcome is Outcome.PENDING, question.name
        elif question.type is not QuestionType.DESCRIPTION:
            assert result.outcome is Outcome.RIGHT, question.name
            assert set(result.keys) <= set(question_facts(question).answers), question.name
            assert (random_guess_score(question) or 0) <= 0.5, question.name
