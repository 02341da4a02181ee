"""Book and move a session: choose what, then who, then when; every step is an address, the last a post."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.competency import queries as competency
from app.db import transaction
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling import access, service
from app.scheduling.availability import local
from app.scheduling.forms import MoveForm, ProposalForm, parse_moment
from app.scheduling.kinds import LENGTHS, LIVE, Mode, SessionKind
from app.scheduling.offers import HostOffer, Offers
from app.scheduling.queries_offers import OfferRequest, load_offers
from app.scheduling.rules import READINESS, RuleRefusal
from app.scheduling.views_base import asked_monday, bp, changed_meanwhile, iso, start_text
from app.scheduling.views_words import day, kind_name, mode_name, mode_note, refusal_lines, session_title
from app.web import formatting
from app.web.forms import error_lines
from app.web.guard import signed_in
from app.weeks import monday_of

NO_COMPETENCY = (SessionKind.TOUCHPOINT, SessionKind.CHECK_IN)


@dataclass(frozen=True)
class Choice:
    """What has been chosen on the way to a booking."""

    learner: PersonCard
    kind: SessionKind
    competency_id: str | None
    mode: Mode | None
    minutes: int
    team_id: int | None
    host_id: int | None
    monday: date
    owner: str | None = None

    @property
    def focused(self) -> bool:
        """Tell whether enough is chosen to look for hosts."""
        if self.kind in NO_COMPETENCY:
            return self.team_id is not None
        return self.competency_id is not None

    def args(self, **changes: object) -> dict[str, Any]:
        """Return the choices as an address carries them."""
        all_args = {
            "learner": self.learner.person_id,
            "kind": self.kind.value,
            "competency": self.competency_id,
            "mode": self.mode.value if self.mode else None,
            "minutes": self.minutes,
            "team": self.team_id,
            "host": self.host_id,
            "week": self.monday.isoformat(),
            "owner": self.owner,
        }
        return {key: value for key, value in (all_args | changes).items() if value is not None}

    def request(self) -> OfferRequest:
        """Return what to look for."""
        return OfferRequest(
            self.learner,
            self.kind,
            self.monday,
            self.minutes,
            self.competency_id,
            self.mode,
            self.host_id,
            self.team_id,
        )


@bp.get("/sessions/new")
@signed_in
def new_session() -> Any:
    """Show the step that comes next on the way to a booking."""
    return _booking_page(_choice(request.args), None)


@bp.post("/sessions")
@signed_in
def propose() -> Any:
    """Book a proposed session and invite everybody concerned."""
    form = ProposalForm()
    choice = _choice(request.form)
    if not form.validate():
        return _booking_page(choice, form, errors=error_lines(form)), 422
    try:
        with transaction():
            session_id = service.propose_session(g.actor, form.proposal(), clock.now())
    except service.BookingRefused as refused:
        return _booking_page(choice, form, errors=refusal_lines(refused.refusals)), 409
    flash(_("Invitations are sent. The time is kept until everybody has answered."), "success")
    return redirect(url_for("scheduling.session_page", session_id=session_id), 303)


@bp.get("/sessions/<int:session_id>/move")
@signed_in
def move_page(session_id: int) -> Any:
    """Show the times to which a session can move."""
    return _move_page(session_id, None)


@bp.post("/sessions/<int:session_id>/move")
@signed_in
def move(session_id: int) -> Any:
    """Give a session another time."""
    access.get_session_to_change(g.actor, session_id)
    form = MoveForm()
    if not form.validate():
        return _move_page(session_id, form, errors=error_lines(form)), 422
    try:
        with transaction():
            service.move(g.actor, session_id, form.change(), clock.now())
    except service.BookingRefused as refused:
        return _move_page(session_id, form, errors=refusal_lines(refused.refusals)), 409
    except service.ChangedMeanwhile:
        changed_meanwhile()
    else:
        flash(_("Moved. The others are asked again."), "success")
    return redirect(url_for("scheduling.session_page", session_id=session_id), 303)


def _choice(given: Any) -> Choice:
    learner_id = given.get("learner", type=int) or g.actor.person_id
    learner = access.get_learner(g.actor, learner_id)
    kind = _member(SessionKind, given.get("kind")) or SessionKind.SHADOWING
    framework = competency.find_framework()
    competencies = framework.competencies if framework else ()
    known, owners = {each.id for each in competencies}, {each.owner for each in competencies}
    competency_id = given.get("competency") if given.get("competency") in known else None
    mode = (_member(Mode, given.get("mode")) or Mode.OBSERVE) if kind == SessionKind.SHADOWING else None
    minutes = given.get("minutes", type=int)
    start = parse_moment(given.get("start"))
    monday = monday_of(start, learner.time_zone) if start else asked_monday(learner.time_zone)
    return Choice(
        learner,
        kind,
        None if kind in NO_COMPETENCY else competency_id,
        mode,
        minutes if minutes in LENGTHS else 60,
        given.get("team", type=int) if kind in NO_COMPETENCY else None,
        given.get("host", type=int),
        monday,
        given.get("owner") if given.get("owner") in owners else None,
    )


def _member(of: Any, value: str | None) -> Any:
    return of(value) if value in set(of) else None


def _booking_page(choice: Choice, form: ProposalForm | None, errors: list[str] | None = None) -> Any:
    now = clock.now()
    framework, learners = competency.find_framework(), access.learners_of(g.actor)
    may_override = access.can_override(g.actor, choice.learner.person_id)
    offers = None
    if choice.focused or (choice.kind in NO_COMPETENCY and choice.host_id):
        wished = frozenset({g.actor.person_id})
        offers = load_offers(choice.request(), now, may_override=may_override, wished_by=wished)
    if form is None and choice.host_id:
        form = ProposalForm(formdata=None, data=_proposal_data(choice))
    chosen = _offer_of(offers, choice.host_id)
    names = people.cards(_named(offers))
    obstacles = _in_the_way(offers, choice.learner.person_id)
    obstacle_lines = refusal_lines(obstacles)
    others = _others(offers, named={choice.learner.person_id})
    return render_template(
        "scheduling/new_session.html",
        choice=choice,
        form=form,
        errors=errors or [],
        learners=learners,
        learner_options=[
            (each.person_id, _("Myself") if each.person_id == g.actor.person_id else each.name)
            for each in learners
        ],
        competency_options=[
            (each.id, each.title)
            for each in (framework.competencies if framework else ())
            if choice.owner in {None, each.owner} or each.id == choice.competency_id
        ],
        length_options=[(each, formatting.minutes(each)) for each in LENGTHS],
        team_options=[each for each in people.team_choices() if each[0] != choice.learner.team_id],
        kinds=[(kind.value, kind_name(kind)) for kind in SessionKind],
        modes=[(mode.value, mode_name(mode)) for mode in Mode],
        mode_note=mode_note,
        needs_team=choice.kind in NO_COMPETENCY,
        offers=offers,
        names=names,
        obstacles=[
            (line, _way_there(reason, choice)) for line, reason in zip(obstacle_lines, obstacles, strict=True)
        ],
        others=[(each, [line for line in lines if line not in obstacle_lines]) for each, lines in others],
        days=_starts_by_day(chosen),
        always=_always_broken(chosen),
        may_override=may_override,
        week_url=lambda weeks: url_for(
            "scheduling.new_session",
            **choice.args(week=(choice.monday + timedelta(weeks=weeks)).isoformat()),
        ),
        url=lambda **changes: url_for("scheduling.new_session", **choice.args(**changes)),
        day=day,
    )


def _proposal_data(choice: Choice) -> dict[str, object]:
    return {
        "learner": choice.learner.person_id,
        "host": choice.host_id,
        "kind": choice.kind.value,
        "competency": choice.competency_id or "",
        "mode": choice.mode.value if choice.mode else "",
        "minutes": choice.minutes,
        "request_key": str(uuid4()),
    }


def _named(offers: Offers | None) -> set[int]:
    if offers is None:
        return set()
    return {o.person_id for o in offers.hosts} | {o.person_id for o in offers.others}


def _others(offers: Offers | None, *, named: Collection[int]) -> list[tuple[int, list[str]]]:
    """Return those not offered with their reasons as sentences, fewest reasons first.

    A row begins with who is not offered, so a reason says whom it is about only for those in `named`.
    """
    if offers is None:
        return []
    flat = [(each.person_id, reason) for each in offers.others for reason in each.reasons]
    lines = refusal_lines([reason for _person, reason in flat], named=named)
    said: dict[int, list[str]] = {}
    for (person_id, _reason), line in zip(flat, lines, strict=True):
        said.setdefault(person_id, []).append(line)
    return sorted(said.items(), key=lambda item: len(item[1]))


def _in_the_way(offers: Offers | None, learner_id: int) -> list[RuleRefusal]:
    """Return what keeps the learner from everybody alike: no other host or week would help."""
    if offers is None or offers.hosts or not offers.others:
        return []
    return [
        reason
        for reason in offers.others[0].reasons
        if reason.rule == READINESS
        and reason.person_id == learner_id
        and all(reason in other.reasons for other in offers.others)
    ]


def _way_there(reason: RuleRefusal, choice: Choice) -> str:
    """Return the page on which the learner does what is missing."""
    if "competency" in reason.values:
        return url_for(
            "competency.explanation",
            person_id=choice.learner.person_id,
            competency_id=reason.values["competency"],
        )
    before = Mode(reason.code.removesuffix("_first"))
    return url_for("scheduling.new_session", **choice.args(mode=before.value, host=None))


def _offer_of(offers: Offers | None, host_id: int | None) -> HostOffer | None:
    return next((o for o in offers.hosts if o.person_id == host_id), None) if offers else None


def _starts_by_day(found: HostOffer | None) -> list[dict[str, Any]]:
    """Return free starts by day; those beyond a limit apart, with what each breaks besides `always`."""
    if found is None:
        return []
    zone = g.actor.time_zone
    always = set(_always_broken(found))
    days = []
    for on, starts in groupby(found.starts, key=lambda offer: local(offer.starts_at, zone)[0]):
        rows = [
            {
                "value": iso(offer.starts_at),
                "label": start_text(offer.starts_at),
                "over": bool(offer.needs_reason),
                "note": " ".join(each for each in refusal_lines(offer.needs_reason) if each not in always),
            }
            for offer in starts
        ]
        days.append(
            {
                "title": day(on),
                "starts": [row for row in rows if not row["over"]],
                "over": [row for row in rows if row["over"]],
            }
        )
    return days


def _always_broken(found: HostOffer | None) -> list[str]:
    """Return the sentences that hold for every start beyond a limit, to be said once."""
    if found is None:
        return []
    over = [refusal_lines(offer.needs_reason) for offer in found.starts if offer.needs_reason]
    return [line for line in over[0] if all(line in lines for lines in over)] if over else []


def _move_page(session_id: int, form: MoveForm | None, errors: list[str] | None = None) -> Any:
    fact = access.get_session_to_change(g.actor, session_id)
    if fact.state not in LIVE or fact.starts_at <= clock.now():
        flash(_("This session can no longer be moved."), "warning")
        return redirect(url_for("scheduling.session_page", session_id=session_id), 303)
    now = clock.now()
    monday = asked_monday(fact.learner.time_zone) if request.args.get("week") else None
    monday = monday or monday_of(fact.starts_at, fact.learner.time_zone)
    minutes = request.values.get("minutes", type=int)
    minutes = minutes if minutes in LENGTHS else fact.minutes
    asked = OfferRequest(
        fact.learner, fact.kind, monday, minutes, fact.competency_id, fact.mode, fact.host.person_id
    )
    may_override = access.can_override(g.actor, fact.learner.person_id)
    wished = frozenset({g.actor.person_id})
    offers = load_offers(asked, now, may_override=may_override, wished_by=wished, moving=session_id)
    found = next(iter(offers.hosts), None)
    form = form or MoveForm(formdata=None, data={"minutes": minutes, "version": fact.version})
    return render_template(
        "scheduling/move_session.html",
        fact=fact,
        title=session_title(fact, g.actor.person_id),
        form=form,
        errors=errors or [],
        monday=monday,
        minutes=minutes,
        days=_starts_by_day(found),
        always=_always_broken(found),
        why_not=[line for other in offers.others for line in refusal_lines(other.reasons)],
        may_override=may_override,
        week_url=lambda weeks: url_for(
            "scheduling.move_page",
            session_id=session_id,
            week=(monday + timedelta(weeks=weeks)).isoformat(),
            minutes=minutes,
        ),
        day=day,
    )
