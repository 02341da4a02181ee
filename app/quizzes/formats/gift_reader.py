"""Read GIFT, Moodle's text format for questions, as Moodle itself reads it.

The order of the tests follows Moodle's own importer (question/format/gift/format.php, `readquestion`),
because teachers' files rely on it: the first `{` and the first `}` bound the answers; `~` anywhere makes a
multiple choice; `=` with `->` a matching question. Where Moodle reads something other than its author meant,
the reading is Moodle's and a warning says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from app.quizzes.formats.gift_answers import GiftAnswers
from app.quizzes.formats.gift_blocks import cut
from app.quizzes.formats.gift_text import MARKUPS, Block, Span, formatted, split_markup, unescape
from app.quizzes.formats.media import media_names
from app.quizzes.formats.names import clean_name, name_from_text
from app.quizzes.formats.result import (
    MAX_QUESTION_CHARACTERS,
    MAX_QUESTIONS,
    Findings,
    QuestionMalformed,
    ReadResult,
    UnreadableFile,
)
from app.quizzes.formats.source import BLANKS, decode, split_lines
from app.quizzes.question import BLANK, NO_TEXT, Question, QuestionType, Text, TextFormat

FORMAT = "gift"
ID = re.compile(r"\[id:((?:\\\]|[^\]])+)\]")
TAG = re.compile(r"\[tag:((?:\\\]|[^\]])+)\]")
BARE_ANSWER = re.compile(r"[=~]\s*\S")
NOT_IN_ID = re.compile(r"[\x00-\x1f\x7f]")
NOT_IN_TAG = re.compile(r"[<>`\x00-\x1f\x7f]")


def read_gift(data: bytes) -> ReadResult:
    """Return the questions of a GIFT file, each error with the exact line and column.

    Raises UnreadableFile when the bytes are no UTF-8 text or there are too many questions.
    """
    findings = Findings()
    questions: list[Question] = []
    above: tuple[Block, Question] | None = None
    for block in cut(split_lines(decode(data)), findings):
        try:
            question = _Reader(block, findings).question()
        except QuestionMalformed as malformed:
            problem = malformed.problem
            findings.error(problem.line, problem.message, problem.column)
            above = None
            continue
        _warn_of_lost_half(above, block, question, findings)
        above = (block, question)
        if len(questions) == MAX_QUESTIONS:
            raise UnreadableFile(
                f"The file holds more than {MAX_QUESTIONS} questions. Split it.", question.line
            )
        questions.append(question)
    errors = sorted(findings.errors, key=lambda problem: (problem.line, problem.column))
    warnings = sorted(findings.warnings, key=lambda problem: (problem.line, problem.column))
    return ReadResult(FORMAT, tuple(questions), tuple(errors), tuple(warnings))


class _Reader:
    """Read one block: its name, text, general feedback and identity."""

    def __init__(self, block: Block, findings: Findings) -> None:
        self.block = block
        self.findings = findings
        self.whole = Span.of(block, 0, len(block.text))
        self.format = TextFormat.MOODLE

    def question(self) -> Question:
        """Return the question of the block; raises QuestionMalformed."""
        if len(self.block.text) > MAX_QUESTION_CHARACTERS:
            raise self.whole.malformed(
                f"This question is longer than {MAX_QUESTION_CHARACTERS} characters. Split it."
            )
        name, body = self._name()
        answers = self._answers(body)
        text = self._text_around(body, answers)
        if not text:
            self._warn(self.whole, "This question has no text: nothing tells the learner what to answer.")
        general = NO_TEXT
        if answers is not None:
            answers, general = self._general_feedback(answers)
        question = Question(
            type=QuestionType.DESCRIPTION,
            name=name or name_from_text(text.text),
            text=text,
            general_feedback=general,
            default_mark=Decimal(0) if answers is None else Decimal(1),
            id=next(_marks(self.block, ID, NOT_IN_ID), ""),
            tags=tuple(dict.fromkeys(_marks(self.block, TAG, NOT_IN_TAG))),
            category=self.block.category,
            line=self.block.place(self.whole.start)[0],
        )
        if answers is not None:
            question = GiftAnswers(self.format, self._warn).typed(question, answers)
        return replace(question, media=media_names(question))

    def _name(self) -> tuple[str, Span]:
        if not self.whole.mask.startswith("::"):
            return "", self.whole
        inner = self.whole.part(self.whole.start + 2)
        end = self.block.mask.find("::", self.whole.start + 2, self.whole.end)
        if end < 0:
            self._warn(
                self.whole, "This name has no closing ::, so the question's first words name it. Add ::."
            )
            return "", inner
        return clean_name(unescape(self.block.text[self.whole.start + 2 : end])), self.whole.part(end + 2)

    def _answers(self, body: Span) -> Span | None:
        """Return what stands between the braces; None for a description."""
        start, end = body.find("{"), body.find("}")
        if start < 0 and end < 0:
            return None
        if end < 0:
            raise body.part(start).malformed(
                "This { has no closing }. Add } after the last answer, or write \\{."
            )
        if start < 0 or end < start:
            raise body.part(end).malformed("This } has no opening {. Add { before the answers, or write \\}.")
        nested = self.block.mask.find("{", start + 1, end)
        if nested >= 0:
            raise body.part(nested).malformed(
                "A { inside the answers: write \\{ and \\} for braces in a text. If another question begins "
                "here, close the one above with } and leave a blank line."
            )
        if self.block.mask.find("{", end + 1, body.end) >= 0:
            again = body.part(self.block.mask.find("{", end + 1, body.end))
            self._warn(
                again,
                "Only the first { } holds answers; this one stays in the text as written, as in Moodle. "
                "Write \\{ and \\} for braces in a text, or make two questions.",
            )
        return Span.of(self.block, start + 1, end)

    def _text_around(self, body: Span, answers: Span | None) -> Text:
        """Return the question's text, with a blank where answers stand amid it."""
        raw = body.raw
        if answers is not None:
            start, end = body.find("{"), body.find("}") + 1
            blank = "" if body.mask.endswith("}") else BLANK
            raw = self.block.text[body.start : start] + blank + self.block.text[end : body.end]
        self.format, _ = split_markup(raw, TextFormat.MOODLE)
        return formatted(raw, TextFormat.MOODLE)

    def _general_feedback(self, answers: Span) -> tuple[Span, Text]:
        mark = self.block.mask.rfind("####", answers.start, answers.end)
        if mark < 0:
            return answers, Text("", self.format)
        raw = self.block.text[mark + 4 : answers.end]
        if raw[:1] in BLANKS and raw.strip(BLANKS).startswith(tuple(f"[{name}]" for name in MARKUPS)):
            self._warn(
                answers.part(mark), "Moodle sees a format mark after #### only without a space: ####[html]…."
            )
        return answers.part(answers.start, mark), formatted(raw, self.format)

    def _warn(self, span: Span, message: str) -> None:
        line, column = self.block.place(span.start)
        self.findings.warn(line, message, column)


def _warn_of_lost_half(
    above: tuple[Block, Question] | None, block: Block, question: Question, findings: Findings
) -> None:
    """Warn where a blank line may have cut the first half of a question off, which reads as a description."""
    if question.type is QuestionType.DESCRIPTION:
        bare = next(
            (line for line in block.lines if not line.is_comment and BARE_ANSWER.match(line.mask)), None
        )
        if bare is not None:
            findings.warn(
                bare.number,
                "This looks like an answer, but there are no braces, so the paragraph is read as a "
                "description. Put { before the first answer and } after the last.",
                bare.indent + 1,
            )
    elif above is not None and above[1].type is QuestionType.DESCRIPTION and not _is_headed(block):
        cut_off, last = above[0].lines[0], above[0].lines[-1]
        findings.warn(
            cut_off.number,
            "This paragraph has no answers, so it is read as a description of its own. If it begins the "
            f"question on line {block.lines[0].number}, remove the blank line {last.number + 1}.",
            cut_off.indent + 1,
        )


def _is_headed(block: Block) -> bool:
    """Say whether a block begins with a name or a comment, as a question of its own does."""
    return block.lines[0].is_comment or block.text.startswith("::")


def _marks(block: Block, mark: re.Pattern[str], forbidden: re.Pattern[str]) -> Iterator[str]:
    """Yield what `[id:…]` or `[tag:…]` marks in the comments of a block hold."""
    for line in block.lines:
        if not line.is_comment or "]" not in line.text:
            continue
        for run in forbidden.split(line.text):
            # Without a ] to come, each [ would be searched to the end of the line.
            for found in mark.finditer(run, 0, run.rfind("]") + 1):
                if words := found[1].strip(BLANKS).replace("\\]", "]"):
                    yield words
