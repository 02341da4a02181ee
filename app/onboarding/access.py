"""Who may see and do what in onboarding: the new hire, their manager line, and HR."""

from __future__ import annotations

from datetime import datetime

from app.onboarding import queries
from app.onboarding.definitions import Step
from app.onboarding.queries import NewHire
from app.people import queries as people
from app.people.identity import Actor
from app.web.refusals import NotFound


def get_new_hire(actor: Actor, enrolment_id: int, now: datetime) -> NewHire:
    """Return an enrolment that the actor may see. Raises NotFound for anyone else."""
    hire = queries.find_new_hire(enrolment_id, now)
    if hire is None or not (
        actor.is_hr
        or actor.person_id == hire.person.person_id
        or people.manages(actor, hire.person.person_id)
    ):
        raise NotFound()
    return hire


def list_visible(actor: Actor, now: datetime) -> list[NewHire]:
    """Return the new hires that the actor watches: all for HR, their own line for managers."""
    if actor.is_hr:
        return queries.list_new_hires(now)
    below = people.reports_of({actor.person_id} | actor.substitutes_for)
    return queries.list_new_hires(now, person_ids=below)


def can_confirm(actor: Actor, hire: NewHire, step: Step) -> bool:
    """Tell whether the actor may tick this step: the one it names, never the new hire for someone else."""
    own = actor.person_id == hire.person.person_id
    if step.target == "self":
        return own
    if own:
        return False
    if step.target == "hr":
        return actor.is_hr
    return people.manages(actor, hire.person.person_id)


def can_nudge(actor: Actor, hire: NewHire) -> bool:
    """Tell whether the actor may remind this person: HR and the manager line, not oneself."""
    own = actor.person_id == hire.person.person_id
    return not own and (actor.is_hr or people.manages(actor, hire.person.person_id))
