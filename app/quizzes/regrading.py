"""Carry a response over to a mended version of its question. Pure."""

from __future__ import annotations

from app.quizzes.answer_text import tidy
from app.quizzes.marking import Response
from app.quizzes.question import Question, QuestionType

BY_CHOICE = (QuestionType.MULTICHOICE, QuestionType.TRUEFALSE)


def carry_over(response: Response, before: Question, after: Question) -> Response | None:
    """Return what the response means under the mended question, or None where that cannot be said.

    Answers and stems are recognised by their words, so an author may reorder or add some. A response that
    names an answer whose words were changed or taken away cannot be carried over, nor one to a question
    that became another type.
    """
    if before.type is not after.type:
        return None
    if before.type in BY_CHOICE:
        return _choices(response, before, after)
    if before.type is QuestionType.MATCHING:
        return _matches(response, before, after)
    return response


def _choices(response: Response, before: Question, after: Question) -> Response | None:
    words = [tidy(answer.text.text) for answer in after.answers]
    if len(set(words)) != len(words):
        return response if before.answers == after.answers else None
    chosen = [tidy(before.answers[index].text.text) for index in response.choices]
    if any(word not in words for word in chosen):
        return None
    if len(chosen) > 1 and after.single:
        return None
    return Response(choices=tuple(sorted(words.index(word) for word in chosen)))


def _matches(response: Response, before: Question, after: Question) -> Response | None:
    if not response.matches:
        return response
    stems = [tidy(pair.stem.text) for pair in before.pairs if pair.stem]
    given = dict(zip(stems, response.matches, strict=False))
    known = {tidy(pair.answer) for pair in after.pairs}
    if any(match and tidy(match) not in known for match in response.matches):
        return None
    return Response(matches=tuple(given.get(tidy(pair.stem.text), "") for pair in after.pairs if pair.stem))
