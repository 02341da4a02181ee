"""Say what a written file lost, by reading it back and comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from app.quizzes.formats.result import Findings
from app.quizzes.formats.xhtml import canonical_html
from app.quizzes.question import Answer, Pair, Question, Text, TextFormat

# The fields of a question in the words of its author.
WORDS = {
    "type": "its type",
    "name": "its name",
    "text": "its text",
    "answers": "its answers",
    "pairs": "its pairs",
    "single": "whether one or several answers may be chosen",
    "case_sensitive": "whether capitals count",
    "shuffle": "that its answers keep their order",
    "default_mark": "its mark",
    "general_feedback": "its general feedback",
    "correct_feedback": "the feedback for a right answer",
    "partial_feedback": "the feedback for a partly right answer",
    "incorrect_feedback": "the feedback for a wrong answer",
    "marker_notes": "the notes for the person who marks it",
    "response_template": "the text to start from",
    "id": "its id",
    "tags": "its tags",
    "category": "its category",
}
IN_ANSWERS = {"text": "an answer's text", "fraction": "a weight", "feedback": "feedback for an answer"}


def warn_of_losses(written: Sequence[Question], again: Sequence[Question], findings: Findings) -> None:
    """Warn for each written question of what is not the same when the file is read again."""
    if len(written) != len(again):
        findings.warn(0, f"{len(written)} questions were written, but {len(again)} are read back.")
    for question, back in zip(written, again, strict=False):
        lost = losses(question, back)
        if lost:
            findings.warn(0, f"“{question.name}”: not kept by this format: {', '.join(lost)}.")


def losses(question: Question, back: Question) -> list[str]:
    """Return in words what differs between a question and its reading back."""
    lost = []
    for name, words in WORDS.items():
        before, after = getattr(question, name), getattr(back, name)
        if before == after or _same(before, after):
            continue
        if name == "answers" and len(before) == len(after):
            lost += _lost_in_answers(before, after)
        else:
            lost.append(words)
    return lost


def _same(before: Any, after: Any) -> bool:
    """Say whether two values mean the same: HTML however it is spelt, pairs with the distractors last."""
    if isinstance(before, Text) and isinstance(after, Text):
        return before == after or (
            before.format is after.format is TextFormat.HTML
            and canonical_html(before.text) == canonical_html(after.text)
        )
    if isinstance(before, tuple) and isinstance(after, tuple) and before and isinstance(before[0], Pair):
        return len(before) == len(after) and all(
            _same(old.stem, new.stem) and old.answer == new.answer
            for old, new in zip(_in_order(before), _in_order(after), strict=True)
        )
    return bool(before == after)


def _in_order(pairs: tuple[Pair, ...]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: not pair.stem)


def _lost_in_answers(before: Sequence[Answer], after: Sequence[Answer]) -> list[str]:
    return [
        IN_ANSWERS.get(field.name, "a tolerance")
        for field in fields(Answer)
        if not all(
            _same(getattr(a, field.name), getattr(b, field.name)) for a, b in zip(before, after, strict=True)
        )
    ]
