"""Load whom a learner could meet for a competency, and judge everybody considered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.competency import queries as competency
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling.availability import slots_between
from app.scheduling.kinds import HOST_LEVEL, Mode, SessionKind
from app.scheduling.offers import Candidate, Offers, offers_for
from app.scheduling.queries_facts import load_diaries, load_duty, load_focus, load_pairing
from app.scheduling.rules import Diary
from app.weeks import week_span


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """Say what is wanted: who learns what, how, for how long, in which local week, and from whom if known."""

    learner: PersonCard
    kind: SessionKind
    monday: date
    minutes: int
    competency_id: str | None = None
    mode: Mode | None = None
    host_id: int | None = None
    team_id: int | None = None


def load_offers(
    asked: OfferRequest,
    now: datetime,
    *,
    may_override: bool,
    wished_by: frozenset[int] = frozenset(),
    moving: int | None = None,
) -> Offers:
    """Return hosts with free starts, and why each other person considered is not offered.

    Considered are everybody who holds level 3 in the competency and everybody in the department that owns
    it; without a competency, the people of `team_id`; with `host_id`, that person only.
    """
    learner_id = asked.learner.person_id
    span = week_span(asked.monday, asked.learner.time_zone)
    levels, cards = _considered(asked, now)
    focus = load_focus(learner_id, asked.competency_id, now) if asked.competency_id else None
    able = {each for each in cards if focus is None or levels.get(each, 0) >= HOST_LEVEL}
    diaries = load_diaries(able | {learner_id}, *span, without_session=moving)
    candidates = [
        Candidate(diaries.get(each) or _outline(card), levels.get(each, 0))
        for each, card in cards.items()
        if each != learner_id
    ]
    return offers_for(
        diaries[learner_id],
        candidates,
        kind=asked.kind,
        mode=asked.mode,
        minutes=asked.minutes,
        focus=focus,
        pairing=load_pairing(learner_id, asked.competency_id),
        duty=load_duty(asked.learner.department_key, slots_between(*span), without_session=moving),
        span=span,
        now=now,
        may_override=may_override,
        wished_by=wished_by,
    )


def _considered(asked: OfferRequest, now: datetime) -> tuple[dict[int, int], dict[int, PersonCard]]:
    if asked.competency_id is None:
        if asked.host_id is not None:
            return {}, people.cards([asked.host_id])
        team = people.list_active(team_id=asked.team_id) if asked.team_id is not None else []
        return {}, {card.person_id: card for card in team}
    found = competency.find_competency(asked.competency_id)
    if asked.host_id is not None:
        cards = people.cards([asked.host_id])
    else:
        able = competency.qualified_hosts(asked.competency_id, now, HOST_LEVEL)
        cards = people.cards(able)
        owners = people.list_active(department_key=found.owner) if found else []
        cards |= {card.person_id: card for card in owners}
    held = competency.matrix_for(cards, now)
    levels = {
        each: held[each][asked.competency_id].level
        for each in cards
        if asked.competency_id in held.get(each, {})
    }
    return levels, cards


def _outline(card: PersonCard) -> Diary:
    """Return a diary that only says who somebody is, for people whose time is not looked at."""
    return Diary(card.person_id, card.time_zone, card.department_key, (), active=card.is_active)
