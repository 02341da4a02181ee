"""Whom a learner can meet in a week, and for everybody else considered, why not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.scheduling.availability import present, starts_within
from app.scheduling.kinds import Mode, SessionKind
from app.scheduling.rules import Diary, Focus, Match, Pairing, RuleRefusal, Wanted, judge_pair, judge_time
from app.scheduling.staffing import Duty


@dataclass(frozen=True, slots=True)
class StartOffer:
    """Offer one start; `needs_reason` names the rules a manager must give a reason to break."""

    starts_at: datetime
    needs_reason: tuple[RuleRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class HostOffer:
    """Offer one host with the starts that are free for both."""

    person_id: int
    starts: tuple[StartOffer, ...]


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Say why somebody who was considered is not offered."""

    person_id: int
    reasons: tuple[RuleRefusal, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """State who is offered and who is not."""

    hosts: tuple[HostOffer, ...]
    others: tuple[NotOffered, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Carry one person who might host, with the level held in the focus."""

    diary: Diary
    level: int


def offers_for(
    learner: Diary,
    candidates: Collection[Candidate],
    *,
    kind: SessionKind,
    mode: Mode | None,
    minutes: int,
    focus: Focus | None,
    pairing: Pairing,
    duty: Mapping[datetime, Duty],
    span: tuple[datetime, datetime],
    now: datetime,
    may_override: bool,
    wished_by: frozenset[int] = frozenset(),
) -> Offers:
    """Return hosts with their free starts inside `span`, most free starts first; others with reasons."""
    hosts: list[HostOffer] = []
    others: list[NotOffered] = []
    mine = free_slots(learner, span)
    for candidate in candidates:
        other = candidate.diary
        forbidden = judge_pair(kind, mode, Match(learner, other, candidate.level, focus, pairing))
        if forbidden:
            others.append(NotOffered(other.person_id, tuple(forbidden)))
            continue
        common = starts_within(mine & free_slots(other, span), minutes)
        judged = [
            StartOffer(
                start,
                tuple(judge_time(Wanted(kind, start, minutes, mode, wished_by), learner, other, duty, now)),
            )
            for start in common
            if start > now
        ]
        usable = tuple(o for o in judged if not o.needs_reason or may_override)
        if usable:
            hosts.append(HostOffer(other.person_id, usable))
        else:
            others.append(NotOffered(other.person_id, _why_no_time(other, judged)))
    hosts.sort(key=lambda offer: (-sum(not s.needs_reason for s in offer.starts), offer.person_id))
    return Offers(tuple(hosts), tuple(others))


def free_slots(person: Diary, span: tuple[datetime, datetime]) -> frozenset[datetime]:
    """Return the slots in which a person works and nothing is booked."""
    return present(person.zone, person.hours, person.leave, *span) - person.taken - person.busy


def _why_no_time(host: Diary, judged: list[StartOffer]) -> tuple[RuleRefusal, ...]:
    if not judged:
        return (RuleRefusal(1, "no_common_time", host.person_id),)
    first: dict[str, RuleRefusal] = {}
    for offer in judged:
        for reason in offer.needs_reason:
            first.setdefault(reason.code, reason)
    return tuple(first.values())
