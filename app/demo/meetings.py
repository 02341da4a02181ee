"""Past and coming shadowing sessions of the demo, booked through the same services as by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.people import queries as people
from app.people.identity import Actor
from app.scheduling import service
from app.scheduling.inputs import DebriefNotes, SessionProposal
from app.scheduling.kinds import Mode, SessionKind, State
from app.scheduling.queries_offers import OfferRequest, load_offers
from app.scheduling.queries_sessions import find_session


@dataclass(frozen=True)
class Meeting:
    """One session to book: who learns what from which department, how, and in which week from now."""

    learner: str
    competency_id: str
    mode: Mode | None
    weeks_from_now: int
    agreed: bool = True
    kind: SessionKind = SessionKind.SHADOWING
    minutes: int = 60
    not_before: datetime | None = None
    saw: str = ""
    learned: str = ""
    next_step: str = ""
    host: str | None = None
    host_has_written: bool = True


MEETINGS = (
    Meeting(
        "lena", "sales-basics", Mode.OBSERVE, -3,
        saw="How a first call is prepared: the CRM record read twice, three questions written down.",
        learned="A “no budget” in October is often a “yes” in January; the record says when to ask again.",
        next_step="Look up the renewal month before I answer a billing ticket.",
    ),
    Meeting(
        "lena", "spot-upsell-lead", Mode.OBSERVE, -2,
        saw="Two renewal calls. Both customers had written to support in the weeks before.",
        learned="The ticket about a second location was a lead, and nobody had passed it on.",
        next_step="Raise the next one with one open question.",
    ),
    Meeting(
        "aino", "sales-basics", Mode.OBSERVE, -2,
        saw="Pipeline review of five deals.",
        learned="What “commit” means, and why support hears about it too late.",
        next_step="Ask for the stage when a ticket mentions a contract.",
    ),
    Meeting(
        "clara", "helpdesk-system", Mode.OBSERVE, -2,
        saw="An hour of the morning queue, sorted by the clock and not by who shouts.",
        learned="A short internal note saves the next person ten minutes.",
        next_step="Search the company before I call.",
    ),
    Meeting(
        "mateo", "de-escalation", Mode.OBSERVE, -1,
        saw="A call that began with shouting and ended with a date.",
        learned="Naming the feeling came before every explanation.",
        next_step="Practise the first two sentences in a role-play.",
    ),
    Meeting(
        "keisha", "sales-basics", Mode.OBSERVE, -1,
        saw="A demo for a clinic with three locations.",
        learned="What sales promises about set-up, in its own words.",
        next_step="Write the promise into the ticket when I see it.",
    ),
    Meeting(
        "pawel", "sales-basics", Mode.OBSERVE, -1, host="hiro", host_has_written=False,
        saw="Three calls to customers who had asked support about a second location.",
        learned="One open question is enough; the price comes later and from somebody else.",
        next_step="Write down the next growth signal that I see in a ticket.",
    ),
    Meeting("lena", "sales-basics", Mode.ASSIST, 1),
    Meeting("aino", "value-pitch", Mode.OBSERVE, 1, agreed=False, host="hiro"),
    Meeting("giulia", "sales-basics", Mode.OBSERVE, 2, host="hiro"),
    Meeting("pawel", "sales-basics", Mode.OBSERVE, 1),
    Meeting("clara", "common-complaints", Mode.OBSERVE, 1),
    Meeting("joao", "de-escalation", Mode.OBSERVE, 1),
    Meeting("oskar", "sales-basics", Mode.OBSERVE, 1, agreed=False),
    Meeting("giulia", "clean-handoff", Mode.OBSERVE, 2, agreed=False),
)  # fmt: skip


def book(meetings: Sequence[Meeting], ids: Mapping[str, int], random: Random, now: datetime) -> int:
    """Book what fits; return how many sessions stand. Past ones are held and debriefed by both."""
    booked = 0
    for meeting in meetings:
        booked += _book(meeting, ids, random, now) is not None
    service.mark_held(now)
    return booked


def _book(meeting: Meeting, ids: Mapping[str, int], random: Random, now: datetime) -> int | None:
    wanted = now + timedelta(weeks=meeting.weeks_from_now)
    then = min(now, wanted - timedelta(days=wanted.weekday() + 3))
    learner = people.cards([ids[meeting.learner]])[ids[meeting.learner]]
    proposer_id = (learner.manager_id if meeting.agreed else None) or learner.person_id
    proposer = people.actor_for(proposer_id, then)
    monday = wanted.date() - timedelta(days=wanted.weekday())
    asked = OfferRequest(learner, meeting.kind, monday, meeting.minutes, meeting.competency_id, meeting.mode)
    choices = [
        (host.person_id, start.starts_at)
        for host in load_offers(asked, then, may_override=False).hosts
        for start in host.starts
        if not start.needs_reason and _fits(meeting, start.starts_at, now)
        if meeting.host is None or host.person_id == ids[meeting.host]
    ]
    if not choices:
        return None
    host_id, starts_at = random.choice(choices)
    session_id = service.propose_session(
        proposer,
        SessionProposal(
            learner_id=learner.person_id,
            host_id=host_id,
            kind=meeting.kind,
            starts_at=starts_at,
            minutes=meeting.minutes,
            competency_id=meeting.competency_id,
            mode=meeting.mode,
        ),
        then,
    )
    actors = [people.actor_for(each, then) for each in (learner.person_id, host_id)]
    if meeting.agreed:
        _agree(actors, session_id, then)
    if meeting.weeks_from_now <= 0:
        service.mark_held(now)
        _debrief(meeting, actors, session_id, now)
    return session_id


def _fits(meeting: Meeting, starts_at: datetime, now: datetime) -> bool:
    over = starts_at < now - timedelta(hours=2)
    begun = meeting.not_before is None or starts_at >= meeting.not_before
    return begun and (over or meeting.weeks_from_now > 0)


def _agree(actors: Sequence[Actor], session_id: int, then: datetime) -> None:
    fact = find_session(session_id)
    for actor in actors:
        if fact and fact.state is State.PROPOSED:
            service.accept(actor, session_id, fact.sequence, then)


def _debrief(meeting: Meeting, actors: Sequence[Actor], session_id: int, after: datetime) -> None:
    learner, host = actors
    mine = DebriefNotes(meeting.saw, meeting.learned, meeting.next_step, rating=5)
    theirs = DebriefNotes(
        "Came prepared and asked before every assumption.",
        "How the same customer looks from the other side.",
        "Do the next one together, with the roles swapped.",
    )
    service.write_debrief(learner, session_id, mine, after)
    if meeting.host_has_written:
        service.write_debrief(host, session_id, theirs, after)
