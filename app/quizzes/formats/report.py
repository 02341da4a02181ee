"""Show what was read, as data for people who script against it."""

from __future__ import annotations

from typing import Any

from app.quizzes.formats.result import Problem, ReadResult
from app.quizzes.question import Answer, Question, QuestionType, Text


def report(result: ReadResult) -> dict[str, Any]:
    """Return a reading as plain data: format, questions, errors and warnings."""
    return {
        "format": result.format,
        "questions": [describe(question) for question in result.questions],
        "errors": [_problem(problem) for problem in result.errors],
        "warnings": [_problem(problem) for problem in result.warnings],
        "media": [{"name": media.name, "bytes": len(media.data)} for media in result.media],
    }


def describe(question: Question) -> dict[str, Any]:
    """Return one question as plain data; empty optional fields are left out."""
    shown: dict[str, Any] = {
        "id": question.id,
        "name": question.name,
        "type": question.type.value,
        "text": question.text.text,
        "format": question.text.format.value,
        "answers": _pairs(question) if question.pairs else [_answer(answer) for answer in question.answers],
        "general_feedback": question.general_feedback.text,
        "tags": list(question.tags),
        "category": question.category,
        "default_mark": float(question.default_mark),
        "line": question.line,
    }
    if question.type is QuestionType.MULTICHOICE:
        shown["single"] = question.single
    if question.type is QuestionType.SHORTANSWER:
        shown["case_sensitive"] = question.case_sensitive
    if question.media:
        shown["media"] = list(question.media)
    for name, text in _optional(question):
        if text:
            shown[name] = text.text
    return shown


def _optional(question: Question) -> tuple[tuple[str, Text], ...]:
    return (
        ("correct_feedback", question.correct_feedback),
        ("partial_feedback", question.partial_feedback),
        ("incorrect_feedback", question.incorrect_feedback),
        ("marker_notes", question.marker_notes),
        ("response_template", question.response_template),
    )


def _answer(answer: Answer) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": answer.text.text,
        "format": answer.text.format.value,
        "fraction": answer.fraction,
        "feedback": answer.feedback.text,
    }
    if answer.tolerance is not None:
        shown["tolerance"] = float(answer.tolerance)
        if (value := answer.value) is not None:
            shown["min"] = float(value - answer.tolerance)
            shown["max"] = float(value + answer.tolerance)
    return shown


def _pairs(question: Question) -> list[dict[str, Any]]:
    share = round(1 / max(1, sum(bool(pair.stem) for pair in question.pairs)), 7)
    return [
        {
            "text": pair.stem.text,
            "format": pair.stem.format.value,
            "match": pair.answer,
            "fraction": share if pair.stem else 0.0,
            "feedback": "",
        }
        for pair in question.pairs
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": problem.line, "message": problem.message}
    if problem.column:
        shown["column"] = problem.column
    if problem.member:
        shown["file"] = problem.member
    return shown
