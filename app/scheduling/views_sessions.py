"""One session: what it is, answers, debriefs and the sign-off."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.competency import queries as competency
from app.db import transaction
from app.people import queries as people
from app.scheduling import access, queries, service
from app.scheduling.forms import AcceptForm, DebriefForm, LearnerDebriefForm, ReasonForm, SignOffForm
from app.scheduling.kinds import HOST_LEVEL, LIVE, Mode, Part, State
from app.scheduling.queries_leave import away_during
from app.scheduling.queries_sessions import EventFact, SessionFact
from app.scheduling.views_base import bp, changed_meanwhile
from app.scheduling.views_words import kind_name, mode_name, moment, part_name, session_title, state_badge
from app.web.guard import signed_in
from app.web.refusals import Conflict

WORKED = (Mode.ASSIST, Mode.REVERSE_SHADOW)
"""How a session goes in which the learner does the work."""


@bp.get("/sessions/<int:session_id>")
@signed_in
def session_page(session_id: int) -> Any:
    """Show one session with what the reader can do about it."""
    return _page(access.get_session(g.actor, session_id))


@bp.post("/sessions/<int:session_id>/accept")
@signed_in
def accept(session_id: int) -> Any:
    """Say yes."""
    access.get_session(g.actor, session_id)
    form = AcceptForm()
    if not form.validate():
        changed_meanwhile()
        return _back(session_id)
    try:
        with transaction():
            state = service.accept(g.actor, session_id, form.sequence.data or 0, clock.now())
    except service.ChangedMeanwhile:
        changed_meanwhile()
    else:
        agreed = state == State.ACCEPTED
        flash(_("Agreed. Both were told.") if agreed else _("Your yes is kept. Others have yet to answer."))
    return _back(session_id)


@bp.post("/sessions/<int:session_id>/decline")
@signed_in
def decline(session_id: int) -> Any:
    """Say no, with a reason."""
    fact = access.get_session(g.actor, session_id)
    form = ReasonForm(prefix="decline")
    if not form.validate():
        return _page(fact, decline_form=form), 422
    try:
        with transaction():
            service.decline(g.actor, session_id, form.reason.data or "", clock.now())
    except service.ChangedMeanwhile:
        changed_meanwhile()
    else:
        flash(_("Declined. The time is free again and the others were told why."))
    return _back(session_id)


@bp.post("/sessions/<int:session_id>/cancel")
@signed_in
def cancel(session_id: int) -> Any:
    """Call it off, with a reason."""
    fact = access.get_session_to_change(g.actor, session_id)
    form = ReasonForm(prefix="cancel")
    if not form.validate():
        return _page(fact, cancel_form=form), 422
    with transaction():
        state = service.cancel(g.actor, session_id, form.reason.data or "", clock.now())
    if state == State.CANCELLED:
        flash(_("Cancelled. The time is free again and the others were told why."))
    else:
        changed_meanwhile()
    return _back(session_id)


@bp.post("/sessions/<int:session_id>/debrief")
@signed_in
def debrief(session_id: int) -> Any:
    """Keep what one side writes."""
    fact = access.get_session_to_debrief(g.actor, session_id)
    form = _debrief_form(fact)
    if not form.validate():
        return _page(fact, debrief_form=form), 422
    try:
        with transaction():
            both = service.write_debrief(g.actor, session_id, form.notes(), clock.now())
    except service.NotOver:
        changed_meanwhile()
    else:
        other = fact.other_than(g.actor.person_id).name
        flash(
            _("Thank you. You both have written, so you can read each other's debrief.")
            if both
            else _("Thank you. You read %(name)s's debrief once both have written.", name=other)
        )
    return _back(session_id)


@bp.post("/sessions/<int:session_id>/sign-off")
@signed_in
def sign_off(session_id: int) -> Any:
    """Let the host say whether the learner's work counts."""
    fact = access.get_session_to_sign_off(g.actor, session_id)
    if fact.mode not in WORKED:
        raise Conflict(_("The learner watched this time. Only work they did themselves is signed off."))
    form = SignOffForm(prefix="sign")
    if not form.validate():
        return _page(fact, sign_form=form), 422
    try:
        with transaction():
            passed = service.sign_off(
                g.actor, session_id, form.verdict.data == "yes", form.note.data or "", clock.now()
            )
    except service.NotQualified:
        flash(_("You no longer hold level 3 in this competency, so you cannot sign off. Your level page says why."), "error")  # fmt: skip  # noqa: E501
    except service.NotOver:
        changed_meanwhile()
    else:
        flash(_("Signed off. It counts as evidence.") if passed else _("Kept as not yet. The learner reads your note."))  # fmt: skip  # noqa: E501
    return _back(session_id)


@bp.post("/sessions/<int:session_id>/missed")
@signed_in
def missed(session_id: int) -> Any:
    """Say that a session did not take place after all."""
    fact = access.get_session_to_debrief(g.actor, session_id)
    form = ReasonForm(prefix="missed")
    if not form.validate():
        return _page(fact, missed_form=form), 422
    try:
        with transaction():
            state = service.report_missed(g.actor, session_id, form.reason.data or "", clock.now())
    except service.AlreadyWritten:
        changed_meanwhile()
    else:
        if state == State.CANCELLED:
            flash(_("Noted that it did not take place. Nothing counts from it, and the other was told."))
        else:
            changed_meanwhile()
    return _back(session_id)


def _back(session_id: int) -> Any:
    return redirect(url_for("scheduling.session_page", session_id=session_id), 303)


def _debrief_form(fact: SessionFact) -> DebriefForm:
    learner = fact.part_of(g.actor.person_id) == Part.LEARNER
    return LearnerDebriefForm() if learner else DebriefForm()


def _page(fact: SessionFact, **forms: Any) -> str:
    now, actor = clock.now(), g.actor
    mine = fact.part_of(actor.person_id)
    over = fact.over(now)
    debriefs = queries.debriefs_of(fact.session_id) if mine else {}
    may_read = mine is not None and len(debriefs) == 2
    events = queries.events_of(fact.session_id)
    ids = {a.person_id for a in fact.answers} | {e.by_id for e in events if e.by_id} | {fact.proposer_id}
    ids |= {a.decided_by for a in fact.answers if a.decided_by}
    names = {each: card.name for each, card in people.cards(ids).items()}
    asked = (
        access.parts_to_answer(actor, fact) if fact.state == State.PROPOSED and fact.starts_at > now else []
    )
    stands = fact.state in LIVE and fact.starts_at > now
    can_sign = mine == Part.HOST and over and fact.mode in WORKED and not fact.signed_off_passed
    return render_template(
        "scheduling/session.html",
        fact=fact,
        title=session_title(fact, actor.person_id),
        badge=state_badge(fact.state)
        if not (over and fact.state == State.ACCEPTED)
        else state_badge(State.HELD),
        kind=kind_name(fact.kind),
        mode=mode_name(fact.mode) if fact.mode else None,
        mine=mine,
        over=over,
        asked=asked,
        names=names,
        part_name=part_name,
        can_change=stands and access.can_change(actor, fact),
        away=[each.name for each in away_during(fact)] if stands else [],
        accept_form=AcceptForm(formdata=None, data={"sequence": fact.sequence}),
        decline_form=forms.get("decline_form") or ReasonForm(formdata=None, prefix="decline"),
        cancel_form=forms.get("cancel_form") or ReasonForm(formdata=None, prefix="cancel"),
        missed_form=forms.get("missed_form") or ReasonForm(formdata=None, prefix="missed"),
        can_miss=mine is not None and over and not fact.debriefed and fact.signed_off_at is None,
        debrief_form=forms.get("debrief_form") or _debrief_form(fact),
        wants_debrief=mine is not None and over and mine not in debriefs,
        debriefs=[debriefs[part] for part in (Part.LEARNER, Part.HOST)] if may_read else [],
        waiting_for_other=mine in debriefs and len(debriefs) == 1,
        sign_form=forms.get("sign_form") or SignOffForm(formdata=None, prefix="sign"),
        can_sign=can_sign,
        host_qualified=not can_sign
        or competency.level_of(actor.person_id, fact.competency_id or "", now) >= HOST_LEVEL,
        events=[_event(e, names) for e in events],
        other=fact.other_than(actor.person_id),
    )


def _event(event: EventFact, names: dict[int, str]) -> dict[str, Any]:
    by = names.get(event.by_id, "") if event.by_id else ""
    words = {
        "proposed": (_("%(who)s proposed it", who=by), "plain", "calendar"),
        "accepted": (_("%(who)s said yes", who=by), "good", "check"),
        "declined": (_("%(who)s declined", who=by), "bad", "cross"),
        "cancelled": (_("%(who)s cancelled it", who=by), "bad", "cross"),
        "moved": (_("%(who)s moved it to %(at)s", who=by, at=moment(event.starts_at)), "warn", "clock"),
        "lapsed": (_("Ended: not everybody had answered in time"), "plain", "clock"),
        "left": (_("Cancelled"), "bad", "cross"),
        "missed": (_("%(who)s said it did not take place", who=by), "bad", "cross"),
        "debriefed": (_("%(who)s wrote a debrief", who=by), "good", "edit"),
        "signed_off": (_("%(who)s signed the work off", who=by), "good", "check"),
        "not_yet": (_("%(who)s did not sign off yet", who=by), "warn", "clock"),
    }
    title, tone, icon = words[event.what]
    return {"title": title, "at": event.at, "tone": tone, "icon": icon, "body": event.reason or None}
