"""Reads of what waits for a person: answers, consents, debriefs, sign-offs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.people.identity import Actor
from app.scheduling.kinds import MANAGERS, Answer, Part
from app.scheduling.queries_rotations import RotationFact, rotations_to_answer, rotations_to_sign_off
from app.scheduling.queries_sessions import (
    PartAnswer,
    SessionFact,
    invitations_for,
    to_debrief_for,
    to_sign_off_for,
)
from app.weeks import midnight

What = Literal["answer", "consent", "debrief", "sign_off", "rotation_answer", "rotation_tasks"]


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """State one thing that waits for somebody; exactly one of `session` and `rotation` is there."""

    what: What
    href: str
    at: datetime
    session: SessionFact | None = None
    rotation: RotationFact | None = None


def waiting_for(actor: Actor, now: datetime) -> list[WaitingItem]:
    """Return everything that waits for the actor, or for a manager they substitute, soonest first."""
    items = [_answer(actor, each) for each in answers_wanted(actor, now)]
    items += [
        WaitingItem("debrief", f"/sessions/{each.session_id}#debrief", each.ends_at, session=each)
        for each in to_debrief_for(actor.person_id, now)
    ]
    items += [
        WaitingItem("sign_off", f"/sessions/{each.session_id}#sign-off", each.ends_at, session=each)
        for each in to_sign_off_for(actor.person_id, now)
    ]
    items += [_rotation("rotation_answer", each) for each in rotation_answers_wanted(actor)]
    items += [_rotation("rotation_tasks", each) for each in rotations_to_sign_off(actor.person_id, now)]
    return sorted(items, key=lambda item: (item.at, item.href))


def answers_wanted(actor: Actor, now: datetime) -> list[SessionFact]:
    """Return the invitations that await the actor's answer, for themselves or a manager they substitute."""
    found = invitations_for({actor.person_id} | actor.substitutes_for, now)
    return [each for each in found if _awaited(actor, each.answers)]


def rotation_answers_wanted(actor: Actor) -> list[RotationFact]:
    """Return the rotations that await the actor's answer, as `answers_wanted` does for sessions."""
    found = rotations_to_answer({actor.person_id} | actor.substitutes_for)
    return [each for each in found if _awaited(actor, each.answers)]


def _awaited(actor: Actor, answers: Iterable[PartAnswer]) -> bool:
    return any(
        a.answer == Answer.WAITING
        and (a.person_id == actor.person_id or (a.part in MANAGERS and a.person_id in actor.substitutes_for))
        for a in answers
    )


def _answer(actor: Actor, fact: SessionFact) -> WaitingItem:
    mine = any(
        a.answer == Answer.WAITING and a.person_id == actor.person_id and a.part != Part.MANAGER
        for a in fact.answers
    )
    return WaitingItem(
        "answer" if mine else "consent", f"/sessions/{fact.session_id}", fact.starts_at, session=fact
    )


def _rotation(what: What, fact: RotationFact) -> WaitingItem:
    begins = midnight(fact.from_on, fact.employee.time_zone)
    return WaitingItem(what, f"/rotations/{fact.rotation_id}", begins, rotation=fact)
