"""Who may see and change what about whom.

Colleagues see name, team, job role and time zone of active people. The person, their manager line with
its substitutes, HR and administrators see the whole record. HR and administrators write it;
only administrators write the record of an administrator.
"""

from __future__ import annotations

from app.people import queries, queries_people
from app.people.identity import Actor, PersonCard
from app.people.queries_people import Record
from app.web.refusals import Forbidden, NotFound


def can_see_record(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor may see all of a person's record."""
    return actor.person_id == person_id or writes_people(actor) or queries.manages(actor, person_id)


def writes_people(actor: Actor) -> bool:
    """Tell whether the actor keeps people's records."""
    return actor.is_hr or actor.is_admin


def get_card(actor: Actor, person_id: int) -> PersonCard:
    """Return what every colleague may know of a person. Raises NotFound; ended accounts are for HR."""
    card = queries.find_card(person_id)
    if card is None or not (card.is_active or writes_people(actor)):
        raise NotFound()
    return card


def get_record_to_write(actor: Actor, person_id: int) -> Record:
    """Return a record that the actor may change. Raises NotFound and Forbidden."""
    record = queries_people.find_record(person_id)
    if record is None:
        raise NotFound()
    if not can_write(actor, record):
        raise Forbidden()
    return record


def can_write(actor: Actor, record: Record) -> bool:
    """Tell whether the actor may change this record."""
    return actor.is_admin or (actor.is_hr and not record.is_admin)


def get_card_to_plan(actor: Actor, person_id: int) -> PersonCard:
    """Return a person whose hours, leave and substitutes the actor may change: their own, their line's, HR.

    Raises NotFound and Forbidden.
    """
    card = get_card(actor, person_id)
    if not can_see_record(actor, person_id):
        raise Forbidden()
    return card
