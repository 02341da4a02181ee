"""Who may read and change rotations: employee, supervisor, both manager lines, and HR to read."""

from __future__ import annotations

from app.people import queries as people
from app.people.identity import Actor
from app.scheduling.kinds import Answer, Part
from app.scheduling.queries_rotations import RotationFact, find_rotation
from app.web.refusals import Forbidden, NotFound


def get_rotation(actor: Actor, rotation_id: int) -> RotationFact:
    """Return a rotation the actor may read. Raises NotFound."""
    fact = find_rotation(rotation_id)
    if fact is None or not (actor.is_hr or can_change(actor, fact)):
        raise NotFound()
    return fact


def get_rotation_to_change(actor: Actor, rotation_id: int) -> RotationFact:
    """Return a rotation the actor may call off. Raises NotFound and Forbidden."""
    fact = get_rotation(actor, rotation_id)
    if not can_change(actor, fact):
        raise Forbidden()
    return fact


def get_rotation_to_sign_off(actor: Actor, rotation_id: int) -> RotationFact:
    """Return a rotation the actor supervises. Raises NotFound and Forbidden."""
    fact = get_rotation(actor, rotation_id)
    if actor.person_id != fact.supervisor.person_id:
        raise Forbidden()
    return fact


def can_change(actor: Actor, fact: RotationFact) -> bool:
    """Tell whether the actor is one of the two or in one of their manager lines."""
    two = (fact.employee.person_id, fact.supervisor.person_id)
    return actor.person_id in two or (actor.is_manager and any(people.manages(actor, each) for each in two))


def parts_to_answer(actor: Actor, fact: RotationFact) -> list[Part]:
    """Return the parts in which the actor's answer is awaited; a substitute answers for a manager."""
    return [
        each.part for each in fact.answers if each.answer == Answer.WAITING and _holds(actor, each.part, fact)
    ]


def parts_of(actor: Actor, fact_employee: int, fact_supervisor: int) -> set[Part]:
    """Return the parts the actor holds by who they are, for a rotation about to be proposed."""
    held = set()
    if actor.person_id == fact_employee:
        held.add(Part.EMPLOYEE)
    if actor.person_id == fact_supervisor:
        held.add(Part.SUPERVISOR)
    if people.manages(actor, fact_employee):
        held.add(Part.MANAGER)
    if people.manages(actor, fact_supervisor):
        held.add(Part.HOST_MANAGER)
    return held


def visible_to(actor: Actor) -> frozenset[int]:
    """Return whose rotations the actor's list shows: the own and those of the line."""
    line = people.reports_of({actor.person_id} | actor.substitutes_for) if actor.is_manager else frozenset()
    return line | {actor.person_id}


def _holds(actor: Actor, part: Part, fact: RotationFact) -> bool:
    return part in parts_of(actor, fact.employee.person_id, fact.supervisor.person_id)
