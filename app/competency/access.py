"""Who may see whose levels: the person, the manager line with its substitutes, and HR; nobody else.

An assessor sees the rows they signed themselves, for instance when one is disputed. That someone is
cleared for a piece of work is also known to the managers of the team that owns it.
"""

from __future__ import annotations

from collections.abc import Collection

from app.competency import queries_ledger
from app.competency.queries_ledger import DisputeFact, EvidenceFact
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.web.refusals import Forbidden, NotFound


def can_see_matrix(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor may open a person's levels."""
    return actor.person_id == person_id or actor.is_hr or people.manages(actor, person_id)


def can_judge(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor may hold check-ins with a person and accept prior learning."""
    return actor.person_id != person_id and (actor.is_hr or people.manages(actor, person_id))


def get_person(actor: Actor, person_id: int) -> PersonCard:
    """Return a person whose matrix the actor may open. Raises NotFound and Forbidden."""
    card = people.find_card(person_id)
    if card is None:
        raise NotFound()
    if not can_see_matrix(actor, person_id):
        raise Forbidden()
    return card


def get_person_to_judge(actor: Actor, person_id: int) -> PersonCard:
    """Return a person the actor may hold check-ins with. Raises NotFound and Forbidden."""
    card = people.find_card(person_id)
    if card is None:
        raise NotFound()
    if not can_judge(actor, person_id):
        raise Forbidden()
    return card


def visible_people(actor: Actor, *, team_id: int | None = None) -> list[PersonCard]:
    """Return the active people whose levels the actor may see in lists: all for HR, else the line."""
    found = people.list_active(team_id=team_id)
    if actor.is_hr:
        return found
    line = people.reports_of({actor.person_id} | actor.substitutes_for)
    return [card for card in found if card.person_id in line]


def get_team(actor: Actor, team_id: int) -> tuple[str, list[PersonCard]]:
    """Return a team's name and those of its people the actor may see. Raises NotFound and Forbidden."""
    found = visible_people(actor, team_id=team_id)
    name = found[0].team_name if found else people.team_name(team_id)
    if name is None:
        raise NotFound()
    if not found and not actor.is_hr:
        raise Forbidden()
    return name, found


def get_own_evidence(actor: Actor, evidence_id: int) -> EvidenceFact:
    """Return a ledger row about the actor. Raises NotFound for anyone else's."""
    fact = queries_ledger.find_evidence(evidence_id)
    if fact is None or fact.person_id != actor.person_id:
        raise NotFound()
    return fact


def get_dispute(actor: Actor, dispute_id: int) -> DisputeFact:
    """Return a dispute for the person, the assessor of the row, or HR. Raises NotFound for others."""
    found = queries_ledger.find_dispute(dispute_id)
    if found is None or not _may_read(actor, found):
        raise NotFound()
    return found


def get_dispute_to_decide(actor: Actor, dispute_id: int) -> DisputeFact:
    """Return a dispute that the actor may decide: HR, never one's own and never as its assessor."""
    found = get_dispute(actor, dispute_id)
    if not can_decide(actor, found):
        raise Forbidden()
    return found


def can_decide(actor: Actor, dispute: DisputeFact) -> bool:
    """Tell whether the actor may decide a dispute."""
    return actor.is_hr and actor.person_id not in (dispute.person_id, dispute.evidence.row.assessor_id)


def visible_disputes(actor: Actor) -> list[DisputeFact]:
    """Return the disputes the actor may read, open ones first."""
    return [each for each in queries_ledger.list_disputes() if _may_read(actor, each)]


def visible_cleared(actor: Actor, owner: str, cards: Collection[PersonCard]) -> list[PersonCard]:
    """Return whose clearance for an owner's work the actor may know."""
    if actor.is_hr or (actor.is_manager and actor.department_key == owner):
        return list(cards)
    line = people.reports_of({actor.person_id} | actor.substitutes_for) if actor.is_manager else frozenset()
    return [card for card in cards if card.person_id in line or card.person_id == actor.person_id]


def _may_read(actor: Actor, dispute: DisputeFact) -> bool:
    return actor.is_hr or actor.person_id in (dispute.person_id, dispute.evidence.row.assessor_id)
