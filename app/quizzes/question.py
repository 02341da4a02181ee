"""The neutral question: what Tandem can ask, whatever file it came from.

Every format has a reader that ends here and a writer that begins here; attempts, marking and the bank use
these dataclasses and know no file format. Pure: standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class QuestionType(StrEnum):
    """Name the kinds of question that Tandem asks."""

    MULTICHOICE = "multichoice"
    TRUEFALSE = "truefalse"
    SHORTANSWER = "shortanswer"
    NUMERICAL = "numerical"
    MATCHING = "matching"
    ESSAY = "essay"
    DESCRIPTION = "description"


class TextFormat(StrEnum):
    """Name the markup of a text, in Moodle's words; `moodle` is plain text with automatic line breaks."""

    MOODLE = "moodle"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a text with its markup; false when there is nothing to show. An empty text has no markup."""

    text: str = ""
    format: TextFormat = TextFormat.MOODLE

    def __post_init__(self) -> None:
        if not self.text:
            object.__setattr__(self, "format", TextFormat.MOODLE)

    def __bool__(self) -> bool:
        return bool(self.text)


NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one answer with its share of the mark.

    `fraction` runs from -1 to 1. For a numerical question the text is a decimal number, or `*` for any
    answer, and `tolerance` is the accepted distance either side; it is None for every other type. In a
    short answer `*` in the text stands for any run of characters and `\\*` for an asterisk.
    """

    text: Text
    fraction: float = 0.0
    feedback: Text = NO_TEXT
    tolerance: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        """Return the number of a numerical answer, None for `*` or for text that is no number."""
        try:
            number = Decimal(self.text.text)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Join one stem of a matching question to its answer; an empty stem makes the answer a distractor."""

    stem: Text
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """Hold one question.

    `answers` keep the order of the file; a true/false question has exactly two, *True* then *False*.
    `single` says that a multichoice question takes one answer. A missing-word question is a multichoice or
    short answer whose text holds the blank `_____`. `id` is unique in a bank, `tags` name competencies,
    `category` is the path given by the file, `media` lists the file names that the texts refer to.
    `line` is where the question starts in its source, for messages; it does not take part in comparison.
    """

    type: QuestionType
    name: str
    text: Text
    answers: tuple[Answer, ...] = ()
    pairs: tuple[Pair, ...] = ()
    single: bool = True
    case_sensitive: bool = False
    shuffle: bool = True
    default_mark: Decimal = Decimal(1)
    general_feedback: Text = NO_TEXT
    correct_feedback: Text = NO_TEXT
    partial_feedback: Text = NO_TEXT
    incorrect_feedback: Text = NO_TEXT
    marker_notes: Text = NO_TEXT
    response_template: Text = NO_TEXT
    id: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    media: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def has_blank(self) -> bool:
        """Say whether the text leaves a gap for the missing word."""
        return BLANK in self.text.text

    def texts(self) -> tuple[Text, ...]:
        """Return every text of the question that may carry markup or media."""
        return (
            self.text,
            *(answer.text for answer in self.answers),
            *(answer.feedback for answer in self.answers),
            *(pair.stem for pair in self.pairs),
            self.general_feedback,
            self.correct_feedback,
            self.partial_feedback,
            self.incorrect_feedback,
            self.marker_notes,
            self.response_template,
        )


BLANK = "_____"


def true_false_answers(
    is_true: bool, feedback_true: Text = NO_TEXT, feedback_false: Text = NO_TEXT
) -> tuple[Answer, Answer]:
    """Return the two answers of a true/false question."""
    return (
        Answer(Text("True"), 1.0 if is_true else 0.0, feedback_true),
        Answer(Text("False"), 0.0 if is_true else 1.0, feedback_false),
    )
