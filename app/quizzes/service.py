"""What can be done with attempts: begin, answer, hand in; every verb runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from app.db import Model, db
from app.facts import Gone, Impossible, Late
from app.people.service import take_turn
from app.quizzes import queries
from app.quizzes.attempt_rules import (
    AttemptState,
    Phase,
    QuizRules,
    StartRuling,
    choose_questions,
    due_at,
    ends_submitted,
    may_start,
    over_at,
    phase_at,
)
from app.quizzes.marking import Response
from app.quizzes.models import Attempt, AttemptAnswer, ExtraTime
from app.quizzes.queries_extra_time import extra_time_of
from app.quizzes.question_json import response_mark, response_to_json
from app.quizzes.service_marking import mark_and_record

MAX_EXTRA_PERCENT = 300

# Write to an attempt that is in progress, so that saving and handing in wait for each other.
_ATTEMPTS = Model.metadata.tables[Attempt.__tablename__]
_TOUCH = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt_id"), _ATTEMPTS.c.state == AttemptState.IN_PROGRESS)
    .values(revision=_ATTEMPTS.c.revision + 1)
)
_END = _TOUCH.values(
    state=bindparam("now_is"), ended_at=bindparam("ended_when"), ended_by_clock=bindparam("by_clock")
)


class AttemptNotAllowed(Late):
    """The rules of the quiz do not allow another attempt now; `ruling` says why."""

    def __init__(self, ruling: StartRuling) -> None:
        super().__init__(ruling.reason)
        self.ruling = ruling


class AttemptAlreadySubmitted(Late):
    """The attempt is no longer in progress, so it takes no answers."""


class TimeIsUp(Late):
    """The time for answers is over; what was saved before counts."""


class SaveState(StrEnum):
    """Name what became of one answer sent: taken, the same already, left alone, or contested."""

    SAVED = "saved"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Given:
    """Carry one answer from a page: the response, and what the page knew when it was given.

    `version` and `base` are those of the answer the page showed (`base` from `response_mark`); `page`
    names the page and `step` grows with every save of that page.
    """

    response: Response
    version: int
    base: str
    page: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Saved:
    """Report what became of one answer: its version now, and the stored response."""

    position: int
    state: SaveState
    version: int
    base: str
    response: str
    saved_at: datetime | None


def start_attempt(person_id: int, activity_key: str, now: datetime, seed: int) -> int:
    """Begin an attempt, or return the one already in progress; return its id.

    The attempt pins today's versions of its questions and the rules of the quiz. Raises Gone for an
    unknown quiz and AttemptNotAllowed when none are left or the wait is not over.
    """
    quiz = queries.find_quiz(activity_key)
    if quiz is None:
        raise Gone(activity_key)
    mine = queries.attempts_of(person_id, activity_key)
    running = next((each for each in mine if each.state is AttemptState.IN_PROGRESS), None)
    if running is not None:
        return running.id
    ruling = ruling_for(quiz.rules, mine, now)
    if not ruling.allowed:
        raise AttemptNotAllowed(ruling)
    due = due_at(quiz.rules, now, extra_time_of(person_id))
    attempt = Attempt(
        person_id=person_id,
        activity_key=activity_key,
        number=max((each.number for each in mine), default=0) + 1,
        state=AttemptState.IN_PROGRESS,
        seed=seed,
        rules=quiz.rules.to_json(),
        started_at=now,
        due_at=due,
        over_at=over_at(quiz.rules, due),
    )
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
    except IntegrityError:
        # Another tab began it in the same moment; there is one attempt in progress, never two.
        found = db.session.scalar(
            select(Attempt.id).where(
                Attempt.person_id == person_id,
                Attempt.activity_key == activity_key,
                Attempt.state == AttemptState.IN_PROGRESS,
            )
        )
        if found is None:
            raise
        return found
    questions = queries.current_questions(activity_key)
    chosen = choose_questions([question for _, question in questions], quiz.rules, seed)
    db.session.add_all(
        AttemptAnswer(attempt_id=attempt.id, position=position, version_id=questions[index][0])
        for position, index in enumerate(chosen, start=1)
    )
    db.session.flush()
    return attempt.id


def ruling_for(rules: QuizRules, mine: Collection[queries.AttemptFacts], now: datetime) -> StartRuling:
    """Decide whether someone with these attempts may begin another one."""
    ended = [each.ended_at for each in mine if each.ended_at is not None]
    running = any(each.state is AttemptState.IN_PROGRESS for each in mine)
    return may_start(rules, len(mine) - running, max(ended, default=None), running, now)


def save_answers(attempt_id: int, given: Mapping[int, Given], now: datetime) -> list[Saved]:
    """Store answers by position; return what became of each, in order of position.

    An answer that another page changed since this page read it is a conflict and is not overwritten,
    unless this page did not touch it. Sent again after a lost acknowledgement it is taken once. Raises
    AttemptAlreadySubmitted and TimeIsUp, in which case nothing is stored.
    """
    attempt = _lock_in_progress(attempt_id)
    if phase_at(attempt.rules, attempt.due_at, now) is not Phase.ANSWERS:
        raise TimeIsUp()
    rows = {
        row.position: row
        for row in db.session.scalars(
            select(AttemptAnswer).where(
                AttemptAnswer.attempt_id == attempt_id, AttemptAnswer.position.in_(given)
            )
        )
    }
    return [_save(rows[position], given[position], now) for position in sorted(given.keys() & rows.keys())]


def submit_attempt(attempt_id: int, now: datetime) -> AttemptState:
    """Hand an attempt in, mark it and record what it proves; return its state.

    Handing in again changes nothing. After the time is up the quiz's policy decides; see `end_if_over`.
    """
    state = end_if_over(attempt_id, now)
    if state is not AttemptState.IN_PROGRESS:
        return state
    return _end(attempt_id, AttemptState.SUBMITTED, now, by_clock=False, now=now)


def end_if_over(attempt_id: int, now: datetime) -> AttemptState:
    """End an attempt whose time is over, as its policy says: handed in as it stands, or abandoned.

    Returns the state it is in then. An attempt that still runs, or has ended, is left alone.
    """
    attempt = queries.find_attempt(attempt_id)
    if attempt is None:
        raise Gone(f"attempt {attempt_id}")
    running = attempt.state is AttemptState.IN_PROGRESS
    if not running or phase_at(attempt.rules, attempt.due_at, now) is not Phase.OVER:
        return attempt.state
    wanted = AttemptState.SUBMITTED if ends_submitted(attempt.rules) else AttemptState.ABANDONED
    return _end(attempt_id, wanted, attempt.over_at or now, by_clock=True, now=now)


def set_extra_time(person_id: int, percent: int, by: int, now: datetime) -> None:
    """Give a person extra time in timed quizzes begun from now on; 0 takes it away.

    Raises Impossible outside 0 to 300.
    """
    if not 0 <= percent <= MAX_EXTRA_PERCENT:
        raise Impossible(f"from 0 to {MAX_EXTRA_PERCENT}")
    take_turn(f"extra time {person_id}")
    row = db.session.get(ExtraTime, person_id)
    if row is None:
        row = ExtraTime(person_id=person_id)
        db.session.add(row)
    row.percent, row.set_by, row.set_at = percent, by, now
    db.session.flush()


def _lock_in_progress(attempt_id: int) -> queries.AttemptFacts:
    """Take the attempt's row for this transaction and return it as it is now."""
    touched = db.session.connection().execute(_TOUCH, {"attempt_id": attempt_id}).rowcount
    attempt = queries.find_attempt(attempt_id) if touched else None
    if attempt is None:
        raise AttemptAlreadySubmitted(f"attempt {attempt_id}")
    return attempt


def _save(row: AttemptAnswer, given: Given, now: datetime) -> Saved:
    stored = response_to_json(given.response)
    mine = bool(given.page) and row.saved_by == given.page
    if stored == row.response or (mine and given.step <= row.saved_step):
        return _saved(row, SaveState.SAVED)
    if not mine and given.version != row.version:
        untouched = response_mark(stored) == given.base
        return _saved(row, SaveState.SAVED if untouched else SaveState.CONFLICT)
    row.response = stored
    row.version += 1
    row.saved_at = now
    row.saved_by, row.saved_step = given.page, given.step
    db.session.flush()
    return _saved(row, SaveState.SAVED)


def _saved(row: AttemptAnswer, state: SaveState) -> Saved:
    return Saved(row.position, state, row.version, response_mark(row.response), row.response, row.saved_at)


def _end(
    attempt_id: int, wanted: AttemptState, ended_at: datetime, *, by_clock: bool, now: datetime
) -> AttemptState:
    asked = {"attempt_id": attempt_id, "now_is": wanted, "ended_when": ended_at, "by_clock": by_clock}
    ended = db.session.connection().execute(_END, asked).rowcount
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    if ended and wanted is AttemptState.SUBMITTED:
        mark_and_record(attempt, now)
    return AttemptState(attempt.state)
