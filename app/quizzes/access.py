"""Who may do what with attempts: only the person answers; results are for the person and HR.

A grader sees the free answers that wait for them and nothing else of the attempt. A manager sees levels
in the matrix, not what someone ticked: practice must stay safe to fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from app.competency import queries as competency
from app.curriculum import access as curriculum
from app.curriculum.definitions import ActivityKind, activity_key
from app.people import queries as people
from app.people.identity import Actor
from app.quizzes import queries
from app.quizzes.attempt_rules import WIDEN_AFTER, AttemptState
from app.quizzes.queries import AttemptFacts, QuizFacts
from app.web.refusals import NotFound


def get_quiz(module_id: str, activity_id: str) -> QuizFacts:
    """Return the quiz of an activity. Raises NotFound."""
    curriculum.get_activity(module_id, activity_id, ActivityKind.QUIZ)
    quiz = queries.find_quiz(activity_key(module_id, activity_id))
    if quiz is None:
        raise NotFound()
    return quiz


def get_own_attempt(actor: Actor, attempt_id: int) -> AttemptFacts:
    """Return an attempt of the actor. Raises NotFound for anyone else's, as if it did not exist."""
    attempt = queries.find_attempt(attempt_id)
    if attempt is None or attempt.person_id != actor.person_id:
        raise NotFound()
    return attempt


def get_attempt_to_review(actor: Actor, attempt_id: int) -> AttemptFacts:
    """Return an attempt whose result the actor may read: their own, or any for HR once it is over."""
    attempt = queries.find_attempt(attempt_id)
    if attempt is None:
        raise NotFound()
    if attempt.person_id != actor.person_id and not (actor.is_hr and attempt.handed_in):
        raise NotFound()
    return attempt


def get_attempt_to_grade(actor: Actor, attempt_id: int, now: datetime) -> AttemptFacts:
    """Return an attempt with free answers that the actor may grade. Raises NotFound."""
    found = [each for each in waiting_to_grade(actor, now) if each.id == attempt_id]
    if not found:
        raise NotFound(_("It is graded already, or not yours to grade."))
    return found[0]


def waiting_to_grade(actor: Actor, now: datetime) -> list[AttemptFacts]:
    """Return the attempts that wait for a grader and that this actor may grade, longest waiting first."""
    return gradable(actor, queries.attempts_awaiting_grading(), now)


def gradable(actor: Actor, attempts: Iterable[AttemptFacts], now: datetime) -> list[AttemptFacts]:
    """Return those of some attempts that wait for a grader and that this actor may grade, in their order.

    Authors may; so may whoever holds level 3 in every competency of the pending answers; and after a week
    the manager line and HR, so that nothing waits for ever. Never one's own.
    """
    waiting = [
        each
        for each in attempts
        if each.person_id != actor.person_id and each.state is AttemptState.AWAITING_GRADING
    ]
    if not waiting or actor.is_author:
        return waiting
    held = {name for name, level in competency.levels_of(actor.person_id, now).items() if level.level >= 3}
    line = people.reports_of({actor.person_id} | actor.substitutes_for) if actor.is_manager else frozenset()
    slots = queries.slots_of([each.id for each in waiting])
    framework = competency.find_framework()
    known = {each.id for each in framework.competencies} if framework else set()
    out = []
    for attempt in waiting:
        tags = known & {tag for slot in slots[attempt.id] if slot.pending for tag in slot.question.tags}
        old = attempt.ended_at is not None and attempt.ended_at <= now - WIDEN_AFTER
        led = actor.is_hr or attempt.person_id in line
        if (tags and tags <= held) or (led and (old or not tags)):
            out.append(attempt)
    return out


def may_grade_anything(actor: Actor) -> bool:
    """Tell whether the grading page stands in the navigation: cheap, without looking at attempts."""
    return actor.is_author
