"""Who may know of pins and bans, set them and end them.

A ban that one of the two set is theirs alone; one that a manager set is known to the managers of either and
to neither of the two. A pin is known to the two and their managers. To everybody else there is none.
"""

from __future__ import annotations

from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import access
from app.scheduling.queries_pairings import PairingFact, find_pairing, pairings_of
from app.web.refusals import NotFound


def list_pairings(actor: Actor) -> list[PairingFact]:
    """Return the pins and bans in force that the actor may know of, newest first."""
    line = _line(actor)
    found = pairings_of(line | {actor.person_id}, actor.person_id)
    return [each for each in found if _knows(actor, each, line)]


def get_pairing_to_end(actor: Actor, rule_id: int) -> PairingFact:
    """Return a rule that the actor may end. Raises NotFound."""
    fact = find_pairing(rule_id)
    line = _line(actor)
    if fact is None or not _knows(actor, fact, line) or not may_end(actor, fact, line):
        raise NotFound()
    return fact


def may_end(actor: Actor, fact: PairingFact, line: frozenset[int] | None = None) -> bool:
    """Tell whether the actor may end a rule: who set it, and for a manager's the managers concerned."""
    if fact.set_by.person_id == actor.person_id:
        return True
    line = _line(actor) if line is None else line
    if fact.kind == "pin":
        return fact.learner.person_id in line
    return fact.set_by.person_id not in fact.two and bool(fact.two & line)


def get_learner(actor: Actor, person_id: int) -> PersonCard:
    """Return somebody for whom the actor may set a rule: oneself or one's line. Raises NotFound."""
    if person_id != actor.person_id and person_id not in _line(actor):
        raise NotFound()
    return access.get_learner(actor, person_id)


def _knows(actor: Actor, fact: PairingFact, line: frozenset[int]) -> bool:
    if fact.set_by.person_id == actor.person_id:
        return True
    if fact.kind == "pin":
        return actor.person_id in fact.two or bool(fact.two & line)
    return fact.set_by.person_id not in fact.two and actor.person_id not in fact.two and bool(fact.two & line)


def _line(actor: Actor) -> frozenset[int]:
    if not (actor.is_manager or actor.substitutes_for):
        return frozenset()
    return people.reports_of({actor.person_id} | actor.substitutes_for) - {actor.person_id}
