"""Mark responses: what one response earns, and what an attempt earns in total and per competency.

The rules are Moodle's (question/type in its source; "Question types" on docs.moodle.org), so that a bank
brought from there gives the same marks, with these differences: no question earns less than 0, thousands
separators before a decimal comma are understood ("1.234,5"), and runs of spaces count as one space.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from app.quizzes.answer_text import number_matches, parse_number, same_text, text_matches, tidy
from app.quizzes.question import Answer, Question, QuestionType, Text

# Authors write thirds as 33.33333 %; what is this close to nothing or to everything is that (Moodle).
ROUNDING = 1e-6
NO_MATCH = "no match"


class ImpossibleResponse(ValueError):
    """The response names an answer that the question does not have, or too many of them."""


class Outcome(StrEnum):
    """Name how a response did."""

    RIGHT = "right"
    PARTLY = "partly right"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    PENDING = "awaiting grading"
    NOT_MARKED = "not marked"


@dataclass(frozen=True, slots=True)
class Response:
    """Hold what a learner gave.

    `choices` are indexes into the question's answers, whatever order they were shown in; `text` is what was
    typed; `matches` has one answer text per stem (the pairs that have a stem, in their order), empty where
    nothing was chosen.
    """

    choices: tuple[int, ...] = ()
    text: str = ""
    matches: tuple[str, ...] = ()


EMPTY = Response()


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """State what one response earned.

    `fraction` runs from 0 to 1 and is None while a person still has to mark it, or where nothing is to be
    earned. `matched` are indexes of the answers (for matching: of the stems) that the response hit.
    `keys` name what was chosen, for the table of answers in the statistics.
    """

    outcome: Outcome
    fraction: float | None
    mark: float
    max_mark: float
    matched: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    feedback: tuple[Text, ...] = ()

    @property
    def pending(self) -> bool:
        """Say whether a person still has to mark this."""
        return self.outcome is Outcome.PENDING

    @property
    def answered(self) -> bool:
        """Say whether there was anything to mark."""
        return self.outcome not in (Outcome.UNANSWERED, Outcome.NOT_MARKED)


@dataclass(frozen=True, slots=True)
class Item:
    """Join a pinned question version to the response it got.

    `max_mark` is the position's highest mark (the question's default mark where None); `manual_fraction` is
    what a person gave, from 0 to 1, and takes the place of any automatic mark.
    """

    question: Question
    response: Response = EMPTY
    max_mark: float | None = None
    manual_fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """State marks earned out of the highest, and percent (0 to 100).

    `percent` is None while something is pending, or where there is nothing to earn.
    """

    mark: float
    max_mark: float
    percent: float | None
    pending: int
    questions: int


@dataclass(frozen=True, slots=True)
class AttemptMark:
    """State what an attempt earned: per question, in total, and per competency (sorted by key)."""

    questions: tuple[QuestionMark, ...]
    total: Score
    competencies: tuple[tuple[str, Score], ...]


def mark_question(item: Item) -> QuestionMark:
    """Mark one response.

    Raises ImpossibleResponse for a response that the page could not have produced, ValueError for a manual
    fraction outside 0 to 1 or a negative highest mark.
    """
    question, response = item.question, item.response
    max_mark = float(question.default_mark if item.max_mark is None else item.max_mark)
    if max_mark < 0:
        raise ValueError("a highest mark must not be negative")
    if question.type is QuestionType.DESCRIPTION:
        return QuestionMark(Outcome.NOT_MARKED, None, 0.0, 0.0, feedback=_given(question.general_feedback))
    answered, raw, matched, keys = _evaluate(question, response)
    if item.manual_fraction is not None:
        if not 0 <= item.manual_fraction <= 1:
            raise ValueError("a manual fraction must be between 0 and 1")
        raw = item.manual_fraction
    elif answered and raw is None:
        return QuestionMark(
            Outcome.PENDING, None, 0.0, max_mark, keys=keys, feedback=_given(question.general_feedback)
        )
    fraction = _bounded(raw or 0.0)
    outcome = _outcome(fraction) if answered or fraction else Outcome.UNANSWERED
    return QuestionMark(
        outcome=outcome,
        fraction=fraction,
        mark=fraction * max_mark,
        max_mark=max_mark,
        matched=matched,
        keys=keys,
        feedback=_feedback(question, matched, outcome),
    )


def mark_attempt(items: Iterable[Item], competencies: Collection[str] | None = None) -> AttemptMark:
    """Mark every response of an attempt and add up.

    A question counts in full for each competency that its tags name; `competencies` says which tags are
    competencies (all of them where None). The order of the items changes no score.
    """
    kept = tuple(items)
    marks = tuple(mark_question(item) for item in kept)
    by_tag: dict[str, list[QuestionMark]] = {}
    for item, mark in zip(kept, marks, strict=True):
        for tag in dict.fromkeys(item.question.tags):
            if mark.outcome is not Outcome.NOT_MARKED and (competencies is None or tag in competencies):
                by_tag.setdefault(tag, []).append(mark)
    return AttemptMark(marks, _score(marks), tuple((tag, _score(by_tag[tag])) for tag in sorted(by_tag)))


def overall_feedback(percent: float, bands: Iterable[tuple[float, Text]]) -> Text | None:
    """Choose the feedback of the highest band whose lower limit (percent) the result reaches."""
    reached = [band for band in bands if band[0] <= percent]
    return max(reached, key=lambda band: band[0])[1] if reached else None


_Evaluation = tuple[bool, float | None, tuple[int, ...], tuple[str, ...]]
_UNANSWERED: _Evaluation = (False, 0.0, (), ())


def _evaluate(question: Question, response: Response) -> _Evaluation:
    """Say whether it is answered, the fraction (None: a person decides), what it hit, and its keys."""
    match question.type:
        case QuestionType.MULTICHOICE | QuestionType.TRUEFALSE:
            return _choices(question, response.choices)
        case QuestionType.SHORTANSWER | QuestionType.NUMERICAL:
            return _typed(question, response.text)
        case QuestionType.MATCHING:
            return _matching(question, response.matches)
        case QuestionType.ESSAY:
            return (True, None, (), ()) if response.text.strip() else _UNANSWERED
    raise ImpossibleResponse(f"a {question.type} question is not marked")


def _choices(question: Question, choices: tuple[int, ...]) -> _Evaluation:
    chosen = tuple(sorted(set(choices)))
    if not chosen:
        return _UNANSWERED
    if not 0 <= chosen[0] <= chosen[-1] < len(question.answers):
        raise ImpossibleResponse("the response names an answer that the question does not have")
    single = question.single or question.type is QuestionType.TRUEFALSE
    if single and len(chosen) > 1:
        raise ImpossibleResponse("the question takes one answer")
    fraction = fsum(question.answers[index].fraction for index in chosen)
    return True, fraction, chosen, tuple(answer_key(index) for index in chosen)


def _typed(question: Question, text: str) -> _Evaluation:
    if not text.strip():
        return _UNANSWERED
    index = next((i for i, answer in enumerate(question.answers) if _hits(question, answer, text)), None)
    if index is None:
        return True, 0.0, (), (NO_MATCH,)
    return True, question.answers[index].fraction, (index,), (answer_key(index),)


def _hits(question: Question, answer: Answer, text: str) -> bool:
    pattern = answer.text.text
    if question.type is QuestionType.SHORTANSWER:
        return text_matches(text, pattern, question.case_sensitive)
    if pattern.strip() == "*":
        return True
    number, value = parse_number(text), answer.value
    return number is not None and value is not None and number_matches(number, value, answer.tolerance)


def _matching(question: Question, matches: tuple[str, ...]) -> _Evaluation:
    stems = [pair for pair in question.pairs if pair.stem]
    if len(matches) > len(stems):
        raise ImpossibleResponse("the response has more matches than the question has stems")
    if not stems or not any(matches):
        return _UNANSWERED
    known = [pair.answer for pair in question.pairs]
    for match in matches:
        if match and not any(same_text(match, answer) for answer in known):
            raise ImpossibleResponse("the response names an answer that the question does not have")
    right = tuple(
        index
        for index, (pair, match) in enumerate(zip(stems, matches, strict=False))
        if match and same_text(match, pair.answer)
    )
    keys = tuple(match_key(index, match) for index, match in enumerate(matches) if match)
    return True, len(right) / len(stems), right, keys


def answer_key(index: int) -> str:
    """Name an answer of a question version in the statistics."""
    return str(index)


def match_key(stem: int, answer: str) -> str:
    """Name one match of a matching question in the statistics: the stem's index and the answer's text."""
    return f"{stem}: {tidy(answer)}"


def _bounded(fraction: float) -> float:
    if fraction < ROUNDING:
        return 0.0
    return 1.0 if fraction > 1 - ROUNDING else fraction


def _outcome(fraction: float) -> Outcome:
    return {0.0: Outcome.WRONG, 1.0: Outcome.RIGHT}.get(fraction, Outcome.PARTLY)


def _feedback(question: Question, matched: tuple[int, ...], outcome: Outcome) -> tuple[Text, ...]:
    """Give the feedback to show: of each answer hit, then for the outcome, then the general one."""
    answers = (
        () if question.type is QuestionType.MATCHING else tuple(question.answers[i].feedback for i in matched)
    )
    by_outcome = {
        Outcome.RIGHT: question.correct_feedback,
        Outcome.PARTLY: question.partial_feedback,
        Outcome.WRONG: question.incorrect_feedback,
        Outcome.UNANSWERED: question.incorrect_feedback,
    }
    return _given(*answers, by_outcome[outcome], question.general_feedback)


def _given(*texts: Text) -> tuple[Text, ...]:
    return tuple(text for text in texts if text)


def _score(marks: Iterable[QuestionMark]) -> Score:
    kept = [mark for mark in marks if mark.outcome is not Outcome.NOT_MARKED]
    # fsum rounds once, so the order of the questions cannot tip a result over a pass mark.
    mark, max_mark = fsum(m.mark for m in kept), fsum(m.max_mark for m in kept)
    pending = sum(m.pending for m in kept)
    percent = round(100 * mark / max_mark, 6) if max_mark and not pending else None
    return Score(mark, max_mark, percent, pending, len(kept))
