"""Who covers what, who is cleared for what, and disputes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.competency import access, queries, service, views_words
from app.competency.clearing import ClearanceStanding
from app.competency.forms import DecisionForm
from app.competency.framework import Clearance, Competency
from app.competency.kinds import MAX_LEVEL
from app.competency.queries_coverage import coverage
from app.competency.views_base import bp, cheat_sheets, note_looked, owner_names
from app.competency.views_matrix import leads
from app.db import transaction
from app.people import queries as people
from app.people.identity import PersonCard
from app.web.guard import allowed, signed_in
from app.web.refusals import Conflict

WINDOW = timedelta(days=120)
DEFAULT_LEVEL = 3


@bp.get("/coverage")
@leads
def coverage_page() -> Any:
    now = clock.now()
    level = request.args.get("level", DEFAULT_LEVEL, type=int)
    level = level if 1 <= level <= MAX_LEVEL else DEFAULT_LEVEL
    cards = access.visible_people(g.actor)
    note_looked([card.person_id for card in cards])
    rows = coverage(cards, _competencies(cards), level, now, now + WINDOW)
    return render_template(
        "competency/coverage.html",
        level=level,
        thin=[row for row in rows if row.thin],
        safe=[row for row in rows if not row.thin],
        by_id={card.person_id: card for card in cards},
        people_count=len(cards),
        until=now + WINDOW,
        owners=owner_names(),
        words=views_words,
    )


def _competencies(cards: list[PersonCard]) -> list[Competency]:
    """Return what concerns these people: all for HR, else what their work or their roles ask for."""
    framework = queries.find_framework()
    if framework is None:
        return []
    if g.actor.is_hr:
        return list(framework.competencies)
    owners = {card.department_key for card in cards}
    targets = queries.targets_for_people([card.person_id for card in cards])
    asked = {competency_id for levels in targets.values() for competency_id in levels}
    return [each for each in framework.competencies if each.owner in owners or each.id in asked]


@bp.get("/clearances")
@signed_in
def clearances() -> Any:
    now = clock.now()
    framework = queries.find_framework()
    is_lead = g.actor.is_manager or g.actor.is_hr
    cards = people.list_active() if is_lead else []
    standings = queries.clearances_for({g.actor.person_id, *(card.person_id for card in cards)}, now)
    sheets = cheat_sheets(framework.clearances if framework else ())
    by_clearance: dict[str, dict[int, ClearanceStanding]] = {}
    for person_id, held in standings.items():
        for each in held:
            by_clearance.setdefault(each.clearance_id, {})[person_id] = each
    return render_template(
        "competency/clearances.html",
        rows=[
            _clearance_row(each, by_clearance, cards, sheets)
            for each in (framework.clearances if framework else ())
        ],
        titles={each.id: each.title for each in framework.competencies} if framework else {},
        owners=owner_names(),
        is_lead=is_lead,
        actor_id=g.actor.person_id,
    )


def _clearance_row(
    clearance: Clearance,
    by_clearance: dict[str, dict[int, ClearanceStanding]],
    cards: list[PersonCard],
    sheets: dict[str, str],
) -> dict[str, Any]:
    held = by_clearance.get(clearance.id, {})
    cleared = [card for card in cards if held[card.person_id].standing != "none"]
    shown = access.visible_cleared(g.actor, clearance.owner, cleared)
    order = {"independent": 0, "supervised": 1}
    return {
        "clearance": clearance,
        "cheat_sheet": sheets.get(clearance.id),
        "mine": held.get(g.actor.person_id),
        "people": sorted(
            ((card, held[card.person_id]) for card in shown),
            key=lambda pair: (order[pair[1].standing], pair[0].name),
        ),
    }


readers = allowed("the person, the assessor and HR", lambda actor: actor is not None)


@bp.get("/disputes")
@readers
def disputes() -> Any:
    found = access.visible_disputes(g.actor)
    framework = queries.find_framework()
    return render_template(
        "competency/disputes.html",
        disputes=found,
        cards=people.cards({each.person_id for each in found}),
        titles={each.id: each.title for each in framework.competencies} if framework else {},
        words=views_words,
    )


@bp.route("/disputes/<int:dispute_id>", methods=["GET", "POST"])
@readers
def dispute_page(dispute_id: int) -> Any:
    posted = request.method == "POST"
    found = (access.get_dispute_to_decide if posted else access.get_dispute)(g.actor, dispute_id)
    form = DecisionForm()
    if posted and form.validate():
        revoke = form.outcome.data == "revoked"
        with transaction():
            decided = service.resolve_dispute(
                g.actor, dispute_id, revoke=revoke, answer=form.answer.data or "", now=clock.now()
            )
        if not decided:
            raise Conflict(_("Someone else decided this dispute meanwhile."))
        flash(_("Decided. The person was told."))
        return redirect(url_for(".dispute_page", dispute_id=dispute_id), 303)
    competency = queries.find_competency(found.evidence.competency_id)
    ids = {found.person_id, found.evidence.row.assessor_id, found.resolved_by} - {None}
    page = render_template(
        "competency/dispute.html",
        dispute=found,
        title=competency.title if competency else found.evidence.competency_id,
        cards=people.cards({each for each in ids if each is not None}),
        form=form,
        can_decide=found.resolved_at is None and access.can_decide(g.actor, found),
        words=views_words,
    )
    return page, (422 if form.errors else 200)
