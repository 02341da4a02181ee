"""Judge what a structured file says of a question by the same rules that GIFT is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.quizzes.formats.gift_answers import ANY, NUMBER, plain_number
from app.quizzes.formats.result import MAX_ANSWERS, QuestionMalformed
from app.quizzes.formats.weights import match_weight, nearest_weight, percent
from app.quizzes.question import Answer, Question, QuestionType

Warn = Callable[[int, str], None]
LEAST = {QuestionType.MULTICHOICE: 2, QuestionType.SHORTANSWER: 1, QuestionType.NUMERICAL: 1}


def weight(written: str, line: int, warn: Warn) -> float:
    """Return the fraction that a percentage stands for, as Moodle matches it; raises QuestionMalformed."""
    try:
        fraction = float(written or 0) / 100
    except ValueError:
        raise QuestionMalformed(f"“{written[:40]}” is not a percentage.", line) from None
    matched = match_weight(fraction)
    if matched is None:
        raise QuestionMalformed(
            f"{written[:40]} % is not a weight that Moodle knows. The nearest is "
            f"{percent(nearest_weight(fraction))} %.",
            line,
        )
    if not matched[1]:
        warn(line, f"The weight {written[:40]} % is read as {percent(matched[0])} %.")
    return matched[0]


def number(written: str, line: int) -> Decimal:
    """Return a decimal number; raises QuestionMalformed."""
    if not NUMBER.match(written.strip()):
        raise QuestionMalformed(f"“{written[:40]}” is not a number.", line)
    return Decimal(written.strip())


def numeric_text(written: str, line: int) -> str:
    """Return the answer of a numerical question in its one spelling; `*` stands for any number."""
    return ANY if written.strip() == ANY else plain_number(number(written, line))


def judged(question: Question, warn: Warn) -> Question:
    """Return the question without empty answers; raises QuestionMalformed when nobody could answer it."""
    line = question.line
    if question.type is QuestionType.MATCHING:
        if len(question.pairs) < 2 or not any(pair.stem for pair in question.pairs):
            raise QuestionMalformed(f"“{question.name}”: a matching question needs two pairs or more.", line)
        if not all(pair.answer for pair in question.pairs):
            raise QuestionMalformed(f"“{question.name}”: a pair has no answer.", line)
        return question
    if question.type not in LEAST:
        return question
    answers = tuple(answer for answer in question.answers if answer.text)
    if len(answers) < len(question.answers):
        warn(line, f"“{question.name}”: an answer without text is left out, as in Moodle.")
    if len(answers) < LEAST[question.type]:
        raise QuestionMalformed(f"“{question.name}” has too few answers.", line)
    if len(answers) > MAX_ANSWERS:
        raise QuestionMalformed(f"“{question.name}” has more than {MAX_ANSWERS} answers.", line)
    _judge_weights(question, answers, warn)
    return replace(question, answers=answers)


def _judge_weights(question: Question, answers: tuple[Answer, ...], warn: Warn) -> None:
    if question.type is QuestionType.MULTICHOICE and not question.single:
        total = sum(answer.fraction for answer in answers if answer.fraction > 0)
        if round(total, 2) != 1:
            warn(
                question.line,
                f"“{question.name}”: the right answers add up to {percent(total)} %, not 100 %.",
            )
    elif not any(answer.fraction == 1 for answer in answers):
        if question.type is QuestionType.SHORTANSWER:
            raise QuestionMalformed(f"“{question.name}”: no answer gives the full mark.", question.line)
        warn(question.line, f"“{question.name}”: no answer gives the full mark.")
