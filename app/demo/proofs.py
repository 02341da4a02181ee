"""What the people of the demo did to finish a step, through the services that a page would call.

A quiz is taken and handed in, a role-play is scored by somebody who may assess it, a task is signed off: so
every step that stands as done in the demo has its evidence.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.curriculum import queries as curriculum
from app.curriculum import service as learning
from app.curriculum.definitions import ActivityKind
from app.curriculum.progress import StepView
from app.demo.answers import likely_answer, right_answer
from app.people import queries as people
from app.quizzes import queries as quizzes
from app.quizzes import service as quiz_service
from app.quizzes.marking import Response
from app.quizzes.queries import Slot
from app.roleplays import queries as roleplays
from app.roleplays import service as roleplay_service
from app.roleplays import service_scoring as scoring
from app.roleplays import service_signoffs as sign_offs
from app.roleplays.sheet import Sheet

SEEN = "Did the whole of it alone; I stepped in nowhere."


def finish(step: StepView, person_id: int, at: datetime, random: Random) -> None:
    """Do one step as its kind wants it done, at that moment."""
    if step.kind == ActivityKind.QUIZ:
        _take_quiz(step.key, person_id, at, random)
    elif step.kind == ActivityKind.ROLE_PLAY:
        _play(step.key, person_id, at, random)
    elif step.kind == ActivityKind.TASK:
        _work(step.key, person_id, at, random)
    else:
        learning.complete_activity(person_id, step.key, at, via=step.kind)


def sit_quiz(key: str, person_id: int, at: datetime, ability: float, random: Random) -> None:
    """Hand a quiz in as somebody of an ability answers it (0 is average); it may well not be passed."""
    attempt_id = quiz_service.start_attempt(person_id, key, at, random.randrange(10**6))
    slots = quizzes.slots(attempt_id)
    _hand_in(attempt_id, [(slot, likely_answer(slot.question, ability, random)) for slot in slots], at)


def _take_quiz(key: str, person_id: int, at: datetime, random: Random) -> None:
    """Hand a quiz in with all answers right but one, which was left open."""
    attempt_id = quiz_service.start_attempt(person_id, key, at, random.randrange(10**6))
    slots = quizzes.slots(attempt_id)
    missed = random.choice(slots)
    _hand_in(attempt_id, [(slot, right_answer(slot.question)) for slot in slots if slot is not missed], at)


def _hand_in(attempt_id: int, answers: list[tuple[Slot, Response]], at: datetime) -> None:
    given = {
        slot.position: quiz_service.Given(answer, slot.version, "", "demo", 1) for slot, answer in answers
    }
    quiz_service.save_answers(attempt_id, given, at + timedelta(minutes=6))
    quiz_service.submit_attempt(attempt_id, at + timedelta(minutes=9))


def _play(key: str, person_id: int, at: datetime, random: Random) -> None:
    """Have a role-play scored by one assessor, who found it good."""
    _number, definition = roleplays.newest_version(key)
    activity = curriculum.find_activity(key)
    asked = roleplays.assessors_for(person_id, activity.competency_ids if activity else (), at)
    assessor = random.choice(asked.cards).person_id
    _round_id, sheet_id = roleplay_service.ask_assessor(
        people.actor_for(person_id, at), person_id, key, assessor, at - timedelta(days=1)
    )
    sheet = Sheet(
        scores={criterion.id: random.choice((3, 3, 4)) for criterion in definition.criteria},
        notes={},
        overall_note="Let the customer finish, then said both halves back. Next time: the date first.",
        global_rating=3,
    )
    scoring.submit_sheet(people.actor_for(assessor, at), sheet_id, sheet, at)


def _work(key: str, person_id: int, at: datetime, random: Random) -> None:
    """Have a task signed off by somebody who saw it done."""
    task = curriculum.find_activity(key)
    if task is None:
        return
    signer = random.choice(roleplays.assessors_for(person_id, task.competency_ids[:1], at).cards).person_id
    asked = sign_offs.ask(
        people.actor_for(person_id, at), task, signer, "Done this morning.", at - timedelta(hours=2)
    )
    sign_offs.sign(people.actor_for(signer, at), asked, SEEN, at)
