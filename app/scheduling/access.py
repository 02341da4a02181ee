"""Who may read and change what in the schedule: the people concerned, their manager lines, and HR to read.

To everybody else a session or rotation does not exist. Debriefs stay between the two who wrote them.
"""

from __future__ import annotations

from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import queries_sessions as sessions
from app.scheduling.kinds import Answer, Part
from app.scheduling.queries_sessions import SessionFact
from app.web.refusals import Forbidden, NotFound


def can_read(actor: Actor, fact: SessionFact) -> bool:
    """Tell whether the actor may open a session: the two, their manager lines, HR."""
    return fact.part_of(actor.person_id) is not None or actor.is_hr or _manages_either(actor, fact)


def get_session(actor: Actor, session_id: int) -> SessionFact:
    """Return a session the actor may read. Raises NotFound."""
    fact = sessions.find_session(session_id)
    if fact is None or not can_read(actor, fact):
        raise NotFound()
    return fact


def get_session_to_change(actor: Actor, session_id: int) -> SessionFact:
    """Return a session the actor may move or cancel. Raises NotFound and Forbidden."""
    fact = get_session(actor, session_id)
    if not can_change(actor, fact):
        raise Forbidden()
    return fact


def get_session_to_debrief(actor: Actor, session_id: int) -> SessionFact:
    """Return a session the actor took part in. Raises NotFound and Forbidden."""
    fact = get_session(actor, session_id)
    if fact.part_of(actor.person_id) is None:
        raise Forbidden()
    return fact


def get_session_to_sign_off(actor: Actor, session_id: int) -> SessionFact:
    """Return a session the actor hosted. Raises NotFound and Forbidden."""
    fact = get_session(actor, session_id)
    if fact.part_of(actor.person_id) != Part.HOST:
        raise Forbidden()
    return fact


def can_change(actor: Actor, fact: SessionFact) -> bool:
    """Tell whether the actor may move or cancel a session: the two and their manager lines."""
    return fact.part_of(actor.person_id) is not None or _manages_either(actor, fact)


def parts_to_answer(actor: Actor, fact: SessionFact) -> list[Part]:
    """Return the parts in which the actor's answer is awaited; a substitute answers for a manager."""
    return [
        each.part
        for each in fact.answers
        if each.answer == Answer.WAITING and _holds(actor, each.part, each.person_id, fact)
    ]


def can_propose_for(actor: Actor, learner_id: int) -> bool:
    """Tell whether the actor may propose a session or rotation for a person: oneself or one's line."""
    return actor.person_id == learner_id or people.manages(actor, learner_id)


def can_override(actor: Actor, learner_id: int) -> bool:
    """Tell whether the actor may give a reason to go beyond a rule that allows it."""
    return people.manages(actor, learner_id)


def get_learner(actor: Actor, person_id: int) -> PersonCard:
    """Return a person the actor may propose sessions for. Raises NotFound."""
    card = people.find_card(person_id)
    if card is None or not card.is_active or not can_propose_for(actor, person_id):
        raise NotFound()
    return card


def learners_of(actor: Actor) -> list[PersonCard]:
    """Return the people the actor may propose for: oneself first, then one's line by name."""
    line = people.reports_of({actor.person_id} | actor.substitutes_for)
    cards = people.cards({actor.person_id, *line})
    own = cards.pop(actor.person_id, None)
    return [*([own] if own else []), *sorted(cards.values(), key=lambda card: (card.name, card.person_id))]


def get_team(actor: Actor, team_id: int) -> str:
    """Return the name of a team whose week the actor may see: its people, managers of any, HR.

    Raises NotFound.
    """
    name = people.team_name(team_id)
    if name is None or team_id not in {each for each, _name, _key in teams_of(actor)}:
        raise NotFound()
    return name


def teams_of(actor: Actor) -> list[tuple[int, str, str]]:
    """Return (id, name, department key) of the teams whose week the actor may see."""
    teams = people.list_teams()
    if actor.is_hr:
        return teams
    mine = {actor.team_id}
    if actor.is_manager:
        line = people.reports_of({actor.person_id} | actor.substitutes_for)
        mine |= {card.team_id for card in people.cards(line).values()}
    return [each for each in teams if each[0] in mine]


def get_department(actor: Actor, key: str) -> str:
    """Return the name of a department whose floors the actor may set: HR, and managers of its people.

    Raises NotFound.
    """
    name = dict(people.list_departments()).get(key)
    if name is None or not can_set_floors(actor, key):
        raise NotFound()
    return name


def can_set_floors(actor: Actor, department_key: str) -> bool:
    """Tell whether the actor may set a department's floors."""
    if actor.is_hr:
        return True
    if not actor.is_manager:
        return False
    line = people.reports_of({actor.person_id} | actor.substitutes_for)
    return any(card.department_key == department_key for card in people.cards(line).values())


def _holds(actor: Actor, part: Part, asked_id: int, fact: SessionFact) -> bool:
    if part == Part.MANAGER:
        return people.manages(actor, fact.learner.person_id)
    return actor.person_id == asked_id


def _manages_either(actor: Actor, fact: SessionFact) -> bool:
    return actor.is_manager and (
        people.manages(actor, fact.learner.person_id) or people.manages(actor, fact.host.person_id)
    )
