"""What people answer who know something, though not everything; pure and seeded.

Every question has a hardness of its own and every person an ability, both from a bell curve: the better of
two people gets more right, and everybody gets a hard question right less often (Rasch 1960). So the figures
of a quiz look as they do for real learners.
"""

from __future__ import annotations

from math import exp
from random import Random

from app.quizzes.marking import Response
from app.quizzes.question import Question, QuestionType

HEAD_START = 1.5
LEFT_OPEN = 0.04


def right_answer(question: Question) -> Response:
    """Return a response that earns the whole mark; an essay gets none, since a person judges it."""
    if question.type in {QuestionType.MULTICHOICE, QuestionType.TRUEFALSE}:
        best = max(answer.fraction for answer in question.answers)
        wanted = [i for i, a in enumerate(question.answers) if a.fraction > 0 and not question.single]
        return Response(
            choices=tuple(wanted) or (next(i for i, a in enumerate(question.answers) if a.fraction == best),)
        )
    if question.type is QuestionType.MATCHING:
        return Response(matches=tuple(pair.answer for pair in question.pairs if pair.stem))
    if question.type in {QuestionType.SHORTANSWER, QuestionType.NUMERICAL}:
        best_answer = max(question.answers, key=lambda answer: answer.fraction)
        return Response(text=best_answer.text.text)
    return Response()


def likely_answer(question: Question, ability: float, random: Random) -> Response:
    """Return what somebody of an ability (0 is average) answers: right, wrong, or now and then nothing."""
    hardness = Random(question.id).gauss(0, 1)  # noqa: S311 - the demo is the same every time
    if random.random() < LEFT_OPEN:
        return Response()
    if random.random() < 1 / (1 + exp(hardness - ability - HEAD_START)):
        return right_answer(question)
    return _wrong_answer(question, random)


def _wrong_answer(question: Question, random: Random) -> Response:
    right = right_answer(question)
    if question.type in {QuestionType.MULTICHOICE, QuestionType.TRUEFALSE}:
        wrong = [place for place in range(len(question.answers)) if place not in right.choices]
        if question.single or question.type is QuestionType.TRUEFALSE:
            return Response(choices=(random.choice(wrong),))
        return Response(choices=tuple(sorted({*right.choices[1:], *wrong[:1]})))
    if question.type is QuestionType.MATCHING:
        return Response(matches=(*right.matches[1:], right.matches[0]))
    return Response(text="0" if question.type is QuestionType.NUMERICAL else "not sure")
