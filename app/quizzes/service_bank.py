"""Bring the question bank and the quizzes to what files say; every verb runs in the caller's transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app.db import db
from app.quizzes.attempt_rules import QuizRules
from app.quizzes.definitions import QuizDefinition
from app.quizzes.models import BankQuestion, QuestionVersion, Quiz, QuizQuestion
from app.quizzes.question import Question, QuestionType
from app.quizzes.question_json import digest_of, question_to_json
from app.quizzes.texts import render_question

LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """Say what bringing one question into the bank did.

    `what` is new, changed, unchanged, repeated (its id stood in the same file before, with other content)
    or refused (the question belongs to the curriculum files, which would change it back).
    """

    question_id: str
    what: str
    version: int


def load_quizzes(definitions: Iterable[QuizDefinition], now: datetime) -> list[str]:
    """Bring quizzes and their questions to what the files say; return what changed, in words.

    Loading the same definitions again changes nothing. A changed question is a new version; attempts keep
    the versions they began with. A quiz that left the files is retired.
    """
    definitions = list(definitions)
    changes: list[str] = []
    stored = {row.activity_key: row for row in db.session.scalars(select(Quiz))}
    for definition in definitions:
        module_id = definition.activity_key.split("/", 1)[0]
        keyed = [
            (_key(question, definition.activity_key), question, f"/media/{module_id}")
            for question in definition.questions
        ]
        kept = _keep(keyed, "library", now)
        changes += [f"question {k.question_id}: version {k.version}" for k in kept if k.what == "changed"]
        changes += _load_quiz(definition, [k.question_id for k in kept], stored.get(definition.activity_key))
    gone = stored.keys() - {definition.activity_key for definition in definitions}
    for key in sorted(gone):
        if stored[key].retired_at is None:
            stored[key].retired_at = now
            changes.append(f"quiz {key}: retired")
    db.session.flush()
    return changes


def import_questions(questions: Sequence[Question], now: datetime) -> list[Kept]:
    """Put questions of a file into the bank and return what happened to each, in order.

    A question without an id gets one from its content, so that importing a file again changes nothing.
    """
    return _keep([(_key(question, "bank"), question, "") for question in questions], "import", now)


def preview_import(questions: Sequence[Question]) -> list[Kept]:
    """Return what importing these questions would do; writes nothing."""
    keyed = [(_key(question, "bank"), question) for question in questions]
    current = _current(key for key, _ in keyed)
    owned = {row.id for row in _rows(current).values() if row.origin == "library"}
    out: list[Kept] = []
    seen: dict[str, tuple[str, Kept]] = {}
    for key, question in keyed:
        digest = digest_of(question_to_json(question))
        known = current.get(key)
        version = known.version if known else 0
        if key in seen:
            earlier = seen[key]
            same = earlier[0] == digest
            out.append(Kept(key, "unchanged" if same else "repeated", earlier[1].version))
            continue
        if known is not None and known.digest == digest:
            kept = Kept(key, "unchanged", version)
        elif key in owned:
            kept = Kept(key, "refused", version)
        else:
            kept = Kept(key, "changed" if known else "new", version + 1)
        seen[key] = (digest, kept)
        out.append(kept)
    return out


def _key(question: Question, place: str) -> str:
    if len(question.id) > LONGEST_ID:
        return f"{question.id[:200]}~{digest_of(question.id)[:16]}"
    if question.id:
        return question.id
    content = digest_of(question_to_json(question))[:16]
    return f"{place}:{content}"


def _keep(keyed: Sequence[tuple[str, Question, str]], origin: str, now: datetime) -> list[Kept]:
    """Write the questions that are new or changed; three queries however many questions."""
    current = _current(key for key, _, _ in keyed)
    rows = _rows(key for key, _, _ in keyed)
    fresh: dict[str, QuestionVersion] = {}
    out: list[Kept] = []
    for key, question, media_base in keyed:
        definition = question_to_json(question)
        digest = digest_of(definition)
        known = fresh.get(key) or current.get(key)
        if known is not None and known.digest == digest:
            out.append(Kept(key, "unchanged", known.version))
            continue
        if key in fresh:
            out.append(Kept(key, "repeated", fresh[key].version))
            continue
        if key in rows and origin == "import" and rows[key].origin == "library":
            out.append(Kept(key, "refused", known.version if known else 0))
            continue
        if key not in rows:
            rows[key] = BankQuestion(id=key)
            db.session.add(rows[key])
        rows[key].origin = origin
        version = QuestionVersion(
            question_id=key,
            version=known.version + 1 if known else 1,
            definition=definition,
            rendered=render_question(question, media_base),
            digest=digest,
            created_at=now,
        )
        fresh[key] = version
        out.append(Kept(key, "changed" if known else "new", version.version))
    db.session.flush()
    db.session.add_all(fresh.values())
    db.session.flush()
    for key, version in fresh.items():
        rows[key].current_version_id = version.id
    return out


def _rows(keys: Iterable[str]) -> dict[str, BankQuestion]:
    wanted = list(dict.fromkeys(keys))
    out: dict[str, BankQuestion] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.scalars(
            select(BankQuestion).where(BankQuestion.id.in_(wanted[start : start + 500]))
        )
        out |= {row.id: row for row in rows}
    return out


def _current(keys: Iterable[str]) -> dict[str, QuestionVersion]:
    wanted = list(dict.fromkeys(keys))
    out: dict[str, QuestionVersion] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.scalars(
            select(QuestionVersion)
            .join(BankQuestion, BankQuestion.current_version_id == QuestionVersion.id)
            .where(BankQuestion.id.in_(wanted[start : start + 500]))
        )
        out |= {row.question_id: row for row in rows}
    return out


def _load_quiz(definition: QuizDefinition, question_ids: list[str], row: Quiz | None) -> list[str]:
    rules = QuizRules(
        pass_percent=definition.pass_percent,
        draw=definition.draw,
        shuffle=definition.shuffle,
        time_limit_minutes=definition.time_limit_minutes,
        on_timeout=definition.on_timeout,
        attempts=definition.attempts,
        retake_wait_hours=definition.retake_wait_hours,
        review=definition.review,
    ).to_json()
    said = json.dumps([definition.title, definition.minutes, rules, question_ids], sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    key = definition.activity_key
    if row is not None and row.digest == digest and row.retired_at is None:
        return []
    if row is None:
        row = Quiz(activity_key=key, version=0, digest="", title="", minutes=0, question_count=0, rules={})
        db.session.add(row)
    row.title, row.minutes, row.rules = definition.title, definition.minutes, rules
    row.question_count = sum(q.type is not QuestionType.DESCRIPTION for q in definition.questions)
    row.digest, row.retired_at = digest, None
    row.version += 1
    db.session.flush()
    db.session.execute(delete(QuizQuestion).where(QuizQuestion.activity_key == key))
    db.session.add_all(
        QuizQuestion(activity_key=key, position=position, question_id=question_id)
        for position, question_id in enumerate(question_ids, start=1)
    )
    db.session.flush()
    return [f"quiz {key}: " + ("new" if row.version == 1 else f"version {row.version}")]
