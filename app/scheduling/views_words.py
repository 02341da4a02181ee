"""Say sessions, states and broken rules in sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app import clock
from app.people import queries as people
from app.scheduling.kinds import Mode, Part, SessionKind, State
from app.scheduling.queries_sessions import SessionFact, competency_titles
from app.scheduling.rules import RuleRefusal
from app.scheduling.service_notices import title_of
from app.web import formatting


def mode_name(mode: Mode) -> str:
    """Return what a mode is called."""
    return {
        Mode.OBSERVE: _("Observe"),
        Mode.ASSIST: _("Assist"),
        Mode.REVERSE_SHADOW: _("Lead, the host watches"),
    }[mode]


def mode_note(mode: Mode) -> str:
    """Return what happens in a mode."""
    return {
        Mode.OBSERVE: _("You watch real work and ask afterwards."),
        Mode.ASSIST: _("You do parts of the work; the host stays in charge and can sign it off."),
        Mode.REVERSE_SHADOW: _("You do the work; the host watches and can sign it off."),
    }[mode]


def kind_name(kind: SessionKind) -> str:
    """Return what a kind of session is called."""
    return {
        SessionKind.SHADOWING: _("Shadowing"),
        SessionKind.WORKSHOP: _("Workshop"),
        SessionKind.TOUCHPOINT: _("Touchpoint"),
        SessionKind.ROLE_PLAY: _("Role-play"),
        SessionKind.CHECK_IN: _("Check-in"),
    }[kind]


def part_name(part: Part) -> str:
    """Return what a part is called."""
    return {
        Part.LEARNER: _("Learner"),
        Part.HOST: _("Host"),
        Part.MANAGER: _("Manager"),
        Part.EMPLOYEE: _("Employee"),
        Part.SUPERVISOR: _("Supervisor"),
        Part.HOST_MANAGER: _("Manager of the host team"),
    }[part]


def state_badge(state: State) -> tuple[str, str]:
    """Return (text, tone) of a state."""
    return {
        State.PROPOSED: (_("Waiting for answers"), "warn"),
        State.ACCEPTED: (_("Agreed"), "good"),
        State.DECLINED: (_("Declined"), "plain"),
        State.CANCELLED: (_("Cancelled"), "plain"),
        State.HELD: (_("Took place"), "note"),
    }[state]


def session_title(fact: SessionFact, reader_id: int) -> str:
    """Return a session's title as one of the two, or somebody else, reads it."""
    if fact.kind == SessionKind.SHADOWING:
        if reader_id == fact.learner.person_id:
            if fact.mode == Mode.REVERSE_SHADOW:
                return _("%(name)s watches you", name=fact.host.name)
            return _("Shadow %(name)s", name=fact.host.name)
        if reader_id == fact.host.person_id:
            if fact.mode == Mode.REVERSE_SHADOW:
                return _("Watch %(name)s", name=fact.learner.name)
            return _("%(name)s shadows you", name=fact.learner.name)
        return _("%(learner)s shadows %(host)s", learner=fact.learner.name, host=fact.host.name)
    if fact.part_of(reader_id):
        return _("%(what)s with %(name)s", what=title_of(fact), name=fact.other_than(reader_id).name)
    return _("%(what)s: %(a)s and %(b)s", what=title_of(fact), a=fact.learner.name, b=fact.host.name)


def session_meta(fact: SessionFact) -> str:
    """Return competency and mode of a session."""
    return " · ".join(
        text for text in (fact.competency_title, mode_name(fact.mode) if fact.mode else None) if text
    )


def moment(at: datetime) -> str:
    """Return "Wed 4 Nov 10:00" in the reader's zone."""
    zone, locale = formatting.reader_zone(), formatting.reader_locale()
    today = clock.now().astimezone(zone).date()
    text = formatting.day(at.astimezone(zone).date(), today=today, locale=locale)
    return f"{text} {formatting.clock_time(at, zone=zone, locale=locale)}"


def day(on: date) -> str:
    """Return "Wed 4 Nov"."""
    zone = formatting.reader_zone()
    return formatting.day(on, today=clock.now().astimezone(zone).date(), locale=formatting.reader_locale())


def refusal_lines(refusals: Collection[RuleRefusal], *, named: Collection[int] | None = None) -> list[str]:
    """Return one sentence per broken rule, with whom it is about: everybody, or only those in `named`."""
    ids = {each.person_id for each in refusals if each.person_id is not None}
    ids = ids if named is None else ids & set(named)
    names = {each: card.name for each, card in people.cards(ids).items()}
    titles = competency_titles() if any("competency" in each.values for each in refusals) else {}
    if any({"department", "owner"} & set(each.values) for each in refusals):
        titles = titles | {_key(key): name for key, name in people.list_departments()}
    return [sentence(each, names, titles) for each in refusals]


def sentence(refusal: RuleRefusal, names: Mapping[int, str], titles: Mapping[str, str]) -> str:
    """Return a broken rule as a sentence; `names` leaves out who is clear from the place.

    `titles` holds those of competencies by id, and the names of departments by `_key`.
    """
    text = _PHRASES[refusal.code](dict(refusal.values), titles)
    name = names.get(refusal.person_id) if refusal.person_id is not None else None
    return f"{name}: {text}" if name else text[:1].upper() + text[1:]


def _key(department: str) -> str:
    return f"department {department}"


def _floor(v: dict[str, Any], titles: Mapping[str, str]) -> str:
    return _(
        "%(department)s would have %(left)s on duty on %(at)s; its floor is %(floor)s.",
        department=titles.get(_key(v["department"]), v["department"]),
        left=v["left"],
        at=moment(v["at"]),
        floor=v["floor"],
    )


_PHRASES: dict[str, Any] = {
    "past": lambda v, t: _("this time has passed."),
    "on_leave": lambda v, t: _("is away then."),
    "outside_hours": lambda v, t: _("does not work then."),
    "booked": lambda v, t: _("has something else booked then."),
    "busy": lambda v, t: _("is busy then, says their calendar."),
    "own_host": lambda v, t: _("nobody shadows themselves."),
    "host_left": lambda v, t: _("no longer works here."),
    "host_level": lambda v, t: _("holds level %(level)s; a host needs level 3.", level=v["level"]),
    "host_department": lambda v, t: _(
        "does not work in %(owner)s, which owns this competency.", owner=t.get(_key(v["owner"]), v["owner"])
    ),
    "floor": _floor,
    "learner_budget": lambda v, t: _(
        "%(spent)s of %(budget)s min are spent or booked that week; %(minutes)s more go over the budget.", **v
    ),
    "host_load": lambda v, t: _(
        "hosts %(spent)s of at most %(budget)s min that week; %(minutes)s more are too many.", **v
    ),
    "prerequisite": lambda v, t: _(
        "needs level %(level)s in %(competency)s first.",
        level=v["level"],
        competency=t.get(v["competency"], v["competency"]),
    ),
    "observe_first": lambda v, t: _("observes in a session first, then assists or leads."),
    "assist_first": lambda v, t: _("assists in a session first, then leads."),
    "pause": lambda v, t: _("has another session with less than half an hour between."),
    "second_today": lambda v, t: _("has another session that day."),
    "not_available": lambda v, t: _("not available."),
    "pinned_elsewhere": lambda v, t: _("a manager has chosen another host for this."),
    "no_common_time": lambda v, t: _("no time this week at which both are free."),
    "too_long": lambda v, t: _("a rotation lasts at most %(days)s days.", **v),
    "own_team": lambda v, t: _("already works in this team."),
    "gap": lambda v, t: _(
        "has a rotation from %(first)s to %(last)s; %(weeks)s weeks lie between two.",
        first=day(v["from"]),
        last=day(v["until"]),
        weeks=v["weeks"],
    ),
    "guest_cap": lambda v, t: _(
        "the team has %(guests)s of at most %(cap)s guests on %(on)s.",
        guests=v["guests"],
        cap=v["cap"],
        on=day(v["on"]),
    ),
    "not_supervisor": lambda v, t: _("a supervisor is someone else who works in the host team."),
    "supervisor_absent": lambda v, t: _(
        "is not there on %(days)s of the days, first on %(on)s.", days=v["days"], on=day(v["on"])
    ),
    "home_floor": _floor,
}
