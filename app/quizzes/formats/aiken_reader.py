"""Read Aiken: one line of question, lettered choices, and `ANSWER: X`.

Follows Moodle's reader (question/format/aiken/format.php): capitals only, `A)` or `A.`, the text of a
question is one line. A question that stretches over several lines, which Moodle drops, is read and reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.quizzes.formats.names import name_from_text
from app.quizzes.formats.result import (
    MAX_QUESTION_CHARACTERS,
    MAX_QUESTIONS,
    Findings,
    ReadResult,
    UnreadableFile,
)
from app.quizzes.formats.source import BLANKS, decode, split_lines
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat

FORMAT = "aiken"
CHOICE = re.compile(r"([A-Z])[).][ \t]?(.*)")
ANSWER = re.compile(r"ANSWER:(.*)")
SMALL_LETTER = re.compile(r"[a-z][).]")
LOOKS_LIKE_ANSWER = re.compile(r"answer\s*:", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """Hold the question that is being read."""

    line: int
    lines: list[str]
    choices: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)


def read_aiken(data: bytes) -> ReadResult:
    """Return the questions of an Aiken file; raises UnreadableFile when the bytes are no UTF-8 text."""
    findings = Findings()
    questions: list[Question] = []
    current: _Open | None = None
    for number, raw in enumerate(split_lines(decode(data)), 1):
        line = raw.strip(BLANKS)
        if len(line) < 2:
            if current is not None and not current.choices:
                _unfinished(current, number, line, findings)
                current = None
            continue
        if choice := CHOICE.fullmatch(line):
            if current is None:
                findings.error(number, "A choice without a question. Write the question on the line above.")
            else:
                current.letters.append(choice[1])
                current.choices.append(choice[2].strip(BLANKS))
        elif answer := ANSWER.fullmatch(line):
            if current is None:
                findings.error(
                    number, "ANSWER: without a question. Write the question and its choices above."
                )
                continue
            question = _finished(current, answer[1].strip(BLANKS), number, findings)
            current = None
            if question is not None:
                if len(questions) == MAX_QUESTIONS:
                    raise UnreadableFile(
                        f"The file holds more than {MAX_QUESTIONS} questions. Split it.", number
                    )
                questions.append(question)
        elif current is not None and not current.choices:
            current.lines.append(line)
        else:
            if current is not None:
                _unfinished(current, number, line, findings)
            current = _Open(number, [line])
    if current is not None:
        _unfinished(current, 0, "", findings)
    return ReadResult(FORMAT, tuple(questions), tuple(findings.errors), tuple(findings.warnings))


def _finished(current: _Open, key: str, number: int, findings: Findings) -> Question | None:
    if len(current.choices) < 2:
        mend = " Write their letters as capitals." if any(map(SMALL_LETTER.match, current.lines)) else ""
        findings.error(number, f"This question needs two choices or more before ANSWER:.{mend}")
        return None
    if key[:1] not in current.letters:
        findings.error(
            number,
            f"ANSWER: {key[:20]} names no choice. Write one of {', '.join(current.letters)}, in capitals.",
        )
        return None
    if len(key) > 1 and key[1:].strip(" .)"):
        findings.warn(number, f"Aiken takes one letter; “{key[:40]}” is read as {key[0]}, as in Moodle.")
    if current.letters != [chr(ord("A") + place) for place in range(len(current.letters))]:
        findings.warn(
            number,
            "The choices are not lettered A, B, C in order. The choice with this letter is taken for right; "
            "Moodle would count positions.",
        )
    if len(current.lines) > 1:
        findings.warn(
            current.line, "This question stands on several lines; Moodle would keep only the last. Join them."
        )
    text = "\n".join(current.lines)
    if len(text) > MAX_QUESTION_CHARACTERS:
        findings.error(current.line, f"This question is longer than {MAX_QUESTION_CHARACTERS} characters.")
        return None
    right = current.letters.index(key[0])
    answers = tuple(
        Answer(Text(choice, TextFormat.PLAIN), 1.0 if place == right else 0.0)
        for place, choice in enumerate(current.choices)
    )
    if not all(answer.text for answer in answers):
        findings.error(number, "A choice has no text.")
        return None
    return Question(
        QuestionType.MULTICHOICE,
        name_from_text(text),
        Text(text, TextFormat.PLAIN),
        answers=answers,
        line=current.line,
    )


def _unfinished(current: _Open, number: int, line: str, findings: Findings) -> None:
    mend = "Add a line such as ANSWER: A after its choices."
    if LOOKS_LIKE_ANSWER.match(line):
        mend = f"Line {number} must begin with ANSWER: in capitals."
    findings.error(current.line, f"This question has no ANSWER:. {mend}")
