"""Who may see and answer a request to sign off: the learner and the one asked; nobody else."""

from __future__ import annotations

from app.people.identity import Actor
from app.roleplays.queries_signoffs import SignOffFact, find_sign_off
from app.web.refusals import NotFound


def get_asked_of_me(actor: Actor, sign_off_id: int) -> SignOffFact:
    """Return a request that was put to the actor. Raises NotFound."""
    found = find_sign_off(sign_off_id)
    if found is None or found.signer_id != actor.person_id:
        raise NotFound()
    return found


def get_my_request(actor: Actor, sign_off_id: int) -> SignOffFact:
    """Return a request of the actor's own. Raises NotFound."""
    found = find_sign_off(sign_off_id)
    if found is None or found.learner_id != actor.person_id:
        raise NotFound()
    return found
