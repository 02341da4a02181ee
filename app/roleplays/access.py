"""Who may see and do what with role-plays.

The learner reads every word about themselves once the round is settled. Observers read their own sheet, and
the others' only after submitting theirs. The manager line and HR read the result without the notes. For
everyone else a round does not exist. Nobody assesses themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.people import queries as people
from app.people.identity import Actor
from app.roleplays import queries
from app.roleplays.queries import RolePlayFacts, RoundFact, SheetFact
from app.roleplays.states import RoundState, SheetState
from app.web.refusals import Conflict, Forbidden, NotFound


@dataclass(frozen=True)
class Sight:
    """State how much of a round a reader sees."""

    round: RoundFact
    is_learner: bool
    is_observer: bool
    reads_notes: bool


def get_role_play(module_id: str, activity_id: str) -> RolePlayFacts:
    """Return a living role-play. Raises NotFound."""
    found = queries.find_role_play(f"{module_id}/{activity_id}")
    if found is None:
        raise NotFound()
    return found


def can_assess(actor: Actor, learner_id: int, role_play: RolePlayFacts, at: datetime) -> bool:
    """Tell whether the actor may score this learner: by level, else as a stand-in."""
    if actor.person_id == learner_id:
        return False
    qualified = queries.qualified_assessors(role_play.competency_ids, at)
    if actor.person_id in qualified:
        return True
    if set(qualified) - {learner_id}:
        return False
    return actor.is_hr or actor.is_author or people.manages(actor, learner_id)


def can_arrange(actor: Actor, learner_id: int, role_play: RolePlayFacts, at: datetime) -> bool:
    """Tell whether the actor may have this learner assessed: whoever may score, the manager line, HR."""
    if actor.person_id == learner_id:
        return False
    return actor.is_hr or people.manages(actor, learner_id) or can_assess(actor, learner_id, role_play, at)


def require_arrange(actor: Actor, learner_id: int, role_play: RolePlayFacts, at: datetime) -> None:
    """Raise NotFound for an unknown or former colleague, Forbidden when the actor may not arrange it."""
    card = people.find_card(learner_id)
    if card is None or not card.is_active:
        raise NotFound()
    if not can_arrange(actor, learner_id, role_play, at):
        raise Forbidden()


def get_sight(actor: Actor, round_id: int) -> Sight:
    """Return a round with how much of it the actor sees. Raises NotFound for everyone it is none of."""
    found = queries.find_round(round_id)
    if found is None:
        raise NotFound()
    mine = found.sheet_of(actor.person_id)
    if found.learner_id == actor.person_id:
        return Sight(found, True, False, found.state is RoundState.DONE)
    if mine is not None and mine.state is not SheetState.DECLINED:
        return Sight(found, False, True, mine.state is SheetState.SUBMITTED)
    if actor.is_hr or people.manages(actor, found.learner_id):
        return Sight(found, False, False, False)
    raise NotFound()


def get_own_round(actor: Actor, round_id: int) -> RoundFact:
    """Return a round of the actor's own. Raises NotFound."""
    found = queries.find_round(round_id)
    if found is None or found.learner_id != actor.person_id:
        raise NotFound()
    return found


def get_round_to_call_off(actor: Actor, round_id: int) -> RoundFact:
    """Return a round whose open requests learner, line or HR may take back. Raises NotFound."""
    found = queries.find_round(round_id)
    if found is None:
        raise NotFound()
    if found.learner_id == actor.person_id or actor.is_hr or people.manages(actor, found.learner_id):
        return found
    raise NotFound()


def get_sheet(actor: Actor, sheet_id: int) -> tuple[RoundFact, SheetFact]:
    """Return the actor's own sheet with its round. Raises NotFound for anyone else's."""
    found = queries.find_round_of_sheet(sheet_id)
    mine = found.sheet_of(actor.person_id) if found else None
    if found is None or mine is None or mine.id != sheet_id:
        raise NotFound()
    return found, mine


def get_draft(actor: Actor, sheet_id: int) -> tuple[RoundFact, SheetFact]:
    """Return the actor's own sheet while it can be written. Raises NotFound and Conflict."""
    found, mine = get_sheet(actor, sheet_id)
    if mine.state is not SheetState.DRAFT or not found.live:
        raise Conflict()
    return found, mine


def get_diverged(actor: Actor, round_id: int) -> RoundFact:
    """Return a round that waits for a joint decision, for one of its observers. Raises NotFound, Conflict."""
    sight = get_sight(actor, round_id)
    if not sight.is_observer or not sight.reads_notes:
        raise NotFound()
    if sight.round.state is not RoundState.NEEDS_RECONCILIATION:
        raise Conflict()
    return sight.round


def require_invite(actor: Actor, found: RoundFact) -> None:
    """Raise NotFound or Conflict unless the actor may call a further observer into a round."""
    sight = get_sight(actor, found.id)
    if sight.is_learner and found.state is RoundState.OPEN:
        raise Conflict()
    if not found.live:
        raise Conflict()
