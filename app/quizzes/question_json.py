"""Write questions and responses as JSON text and read them back: how the bank and attempts keep them."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.quizzes.marking import EMPTY, Response
from app.quizzes.question import NO_TEXT, Answer, Pair, Question, QuestionType, Text, TextFormat

_TEXTS = (
    "general_feedback",
    "correct_feedback",
    "partial_feedback",
    "incorrect_feedback",
    "marker_notes",
    "response_template",
)
_PLAIN = ("name", "single", "case_sensitive", "shuffle", "id", "category")


def question_to_json(question: Question) -> str:
    """Return the question as canonical JSON: the same question always gives the same text."""
    return json.dumps(
        {
            "type": question.type.value,
            "text": _from_text(question.text),
            "answers": [
                {
                    "text": _from_text(answer.text),
                    "fraction": answer.fraction,
                    "feedback": _from_text(answer.feedback),
                    "tolerance": None if answer.tolerance is None else str(answer.tolerance),
                }
                for answer in question.answers
            ],
            "pairs": [{"stem": _from_text(pair.stem), "answer": pair.answer} for pair in question.pairs],
            "default_mark": str(question.default_mark),
            "tags": list(question.tags),
            "media": list(question.media),
            **{name: getattr(question, name) for name in _PLAIN},
            **{name: _from_text(getattr(question, name)) for name in _TEXTS},
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


@lru_cache(maxsize=4096)
def question_from_json(text: str) -> Question:
    """Return the question that `question_to_json` wrote; kept in memory, since versions never change."""
    raw = json.loads(text)
    plain: dict[str, Any] = {name: raw[name] for name in _PLAIN}
    texts: dict[str, Any] = {name: _to_text(raw[name]) for name in _TEXTS}
    return Question(
        type=QuestionType(raw["type"]),
        text=_to_text(raw["text"]),
        answers=tuple(
            Answer(
                _to_text(answer["text"]),
                answer["fraction"],
                _to_text(answer["feedback"]),
                None if answer["tolerance"] is None else Decimal(answer["tolerance"]),
            )
            for answer in raw["answers"]
        ),
        pairs=tuple(Pair(_to_text(pair["stem"]), pair["answer"]) for pair in raw["pairs"]),
        default_mark=Decimal(raw["default_mark"]),
        tags=tuple(raw["tags"]),
        media=tuple(raw["media"]),
        **plain,
        **texts,
    )


def digest_of(text: str) -> str:
    """Return the fingerprint under which a version of a question is recognised."""
    return hashlib.sha256(text.encode()).hexdigest()


def response_to_json(response: Response) -> str:
    """Return a response as canonical JSON; an empty one as an empty text."""
    if response == EMPTY:
        return ""
    return json.dumps(
        {"choices": list(response.choices), "text": response.text, "matches": list(response.matches)},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def response_from_json(text: str) -> Response:
    """Return the response that `response_to_json` wrote."""
    if not text:
        return EMPTY
    raw = json.loads(text)
    return Response(tuple(raw["choices"]), raw["text"], tuple(raw["matches"]))


def response_mark(stored: str) -> str:
    """Return a short sign of a stored response, by which a page says what it showed."""
    return hashlib.sha256(stored.encode()).hexdigest()[:12]


def _from_text(text: Text) -> list[str]:
    return [text.text, text.format.value] if text else []


def _to_text(raw: list[Any]) -> Text:
    return Text(raw[0], TextFormat(raw[1])) if raw else NO_TEXT
