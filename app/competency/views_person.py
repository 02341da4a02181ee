"""Pages about one person: the matrix, the explanation of one level, check-in, prior learning, disputes."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.competency import access, queries, queries_ledger, service, views_words
from app.competency.explain import Explanation
from app.competency.forms import CheckInForm, DisputeForm, PriorLearningForm, SelfRatingForm
from app.competency.framework import Competency
from app.competency.inputs import CheckIn, PriorLearning
from app.competency.kinds import VALIDATED_MAX_LEVEL, EvidenceKind
from app.competency.views_base import bp, next_steps, note_looked, owner_names
from app.db import transaction
from app.people import queries as people
from app.people.identity import PersonCard
from app.web.formatting import reader_zone
from app.web.forms import whole_number
from app.web.guard import allowed, signed_in
from app.web.levels import level_name
from app.web.refusals import NotFound


@bp.get("/my/matrix")
@signed_in
def my_matrix() -> Any:
    return _matrix_page(access.get_person(g.actor, g.actor.person_id))


@bp.get("/people/<int:person_id>/matrix")
@signed_in
def person_matrix(person_id: int) -> Any:
    if person_id == g.actor.person_id:
        return redirect(url_for(".my_matrix"), 303)
    card = access.get_person(g.actor, person_id)
    note_looked([person_id])
    return _matrix_page(card)


def _matrix_page(card: PersonCard) -> Any:
    now = clock.now()
    framework = queries.find_framework()
    competencies = framework.competencies if framework else ()
    targets = queries.targets_for(card.person_id)
    told = queries_ledger.explanations_of(card.person_id, competencies, targets, now)
    asked = [each for each in competencies if _concerns(told[each.id])]
    names = owner_names()
    groups: dict[str, list[Competency]] = {}
    for each in asked:
        groups.setdefault(names.get(each.owner, each.owner), []).append(each)
    steps = next_steps(card.person_id, {each.id: told[each.id] for each in asked})
    looks = queries_ledger.list_looks(card.person_id, limit=12)
    return render_template(
        "competency/person.html",
        card=card,
        own=card.person_id == g.actor.person_id,
        groups=groups,
        others=[each for each in competencies if not _concerns(told[each.id])],
        told=told,
        titles={each.id: each.title for each in competencies},
        steps=steps,
        first=_first(asked, told),
        ratings=queries_ledger.self_ratings(card.person_id),
        changes=queries_ledger.list_changes(card.person_id, limit=8),
        looks=looks,
        viewers=people.cards({look.viewer_id for look in looks}),
        clearances={each.id: each for each in framework.clearances} if framework else {},
        standings=queries.clearances_of(card.person_id, now),
        words=views_words,
    )


def _concerns(told: Explanation) -> bool:
    """Tell whether a competency belongs on a person's page: asked for, held, or worked on."""
    return bool(told.target or told.level or told.aside or told.lapsed_from or told.supported_level)


def _first(asked: list[Competency], told: dict[str, Explanation]) -> Competency | None:
    """Return the competency to work on next: what lapses soonest, else the first open gap."""
    lapsing = [each for each in asked if told[each.id].keep is not None]
    if lapsing:
        return min(lapsing, key=lambda each: (told[each.id].lapses_at, each.id))
    held = {each.id: told[each.id].level for each in asked}
    gaps = [each for each in asked if told[each.id].gap and told[each.id].steps]
    ready = [each for each in gaps if all(held.get(before, 1) >= 1 for before in each.prerequisites)]
    return next(iter(ready or gaps), None)


@bp.get("/people/<int:person_id>/competencies/<competency_id>")
@signed_in
def explanation(person_id: int, competency_id: str) -> Any:
    card = access.get_person(g.actor, person_id)
    competency = _competency(competency_id)
    note_looked([person_id])
    return _explanation_page(card, competency)


def _explanation_page(
    card: PersonCard,
    competency: Competency,
    *,
    dispute: DisputeForm | None = None,
    disputed: int | None = None,
    rating: SelfRatingForm | None = None,
) -> Any:
    now = clock.now()
    person_id = card.person_id
    targets = queries.targets_for(person_id)
    told = queries_ledger.explanations_of(person_id, [competency], targets, now)[competency.id]
    facts = queries_ledger.list_evidence(person_id, competency.id)
    own = person_id == g.actor.person_id
    ratings = queries_ledger.self_ratings(person_id).get(competency.id, {})
    names = {each for fact in facts for each in (fact.row.assessor_id, fact.recorded_by) if each is not None}
    return render_template(
        "competency/explanation.html",
        card=card,
        own=own,
        competency=competency,
        told=told,
        facts=facts,
        by_id={fact.row.id: fact for fact in facts},
        aside=dict(told.aside),
        disputes=queries_ledger.disputes_about(person_id),
        dispute_form=dispute or DisputeForm(formdata=None),
        disputed=disputed,
        people_by_id=people.cards(names),
        ratings=ratings,
        rating_form=(rating or _rating_form(ratings)) if own else None,
        changes=queries_ledger.list_changes(person_id, competency_id=competency.id),
        step=next_steps(person_id, {competency.id: told}).get(competency.id),
        can_judge=access.can_judge(g.actor, person_id),
        words=views_words,
        Kind=EvidenceKind,
    ), (422 if disputed or rating else 200)


@bp.post("/my/competencies/<competency_id>/rating")
@signed_in
def rate_self(competency_id: str) -> Any:
    competency = _competency(competency_id)
    card = access.get_person(g.actor, g.actor.person_id)
    form = _rating_form({})
    if not form.validate():
        return _explanation_page(card, competency, rating=form)
    given = {EvidenceKind.CONFIDENCE: form.confidence.data, EvidenceKind.INTEREST: form.interest.data}
    key = form.request_key.data
    with transaction():
        for kind, score in given.items():
            if score:
                service.record_self_rating(g.actor, competency.id, kind, score, clock.now(), request_key=key)
    flash(_("Kept. It stands beside your level and changes nothing else."))
    return redirect(_page(card.person_id, competency.id), 303)


@bp.post("/my/evidence/<int:evidence_id>/dispute")
@signed_in
def dispute(evidence_id: int) -> Any:
    fact = access.get_own_evidence(g.actor, evidence_id)
    form = DisputeForm()
    if not form.validate():
        card = access.get_person(g.actor, g.actor.person_id)
        return _explanation_page(card, _competency(fact.competency_id), dispute=form, disputed=evidence_id)
    try:
        with transaction():
            service.open_dispute(g.actor, evidence_id, form.reason.data or "", clock.now())
        flash(_("Your dispute is open. The assessor and HR were told."))
    except service.DisputeAlreadyOpen:
        flash(_("This record is being disputed already."), "info")
    return redirect(_page(g.actor.person_id, fact.competency_id), 303)


judges = allowed("managers and HR", lambda actor: actor.is_manager or actor.is_hr)


@bp.route("/people/<int:person_id>/competencies/<competency_id>/check-in", methods=["GET", "POST"])
@judges
def check_in(person_id: int, competency_id: str) -> Any:
    card = access.get_person_to_judge(g.actor, person_id)
    competency = _competency(competency_id)
    told = queries_ledger.explanations_of(person_id, [competency], {}, clock.now())[competency_id]
    form = CheckInForm()
    form.decision.choices = [
        ("confirm", _("Level %(level)s is what I see", level=told.supported_level)),
        *(
            (str(n), _("Hold at level %(level)s · %(name)s for now", level=n, name=level_name(n)))
            for n in range(told.supported_level - 1, -1, -1)
        ),
    ]
    if request.method == "POST":
        held_at = whole_number(form.decision.data)
        valid = form.validate()
        if valid and held_at is not None and not (form.reason.data or "").strip():
            form.reason.errors = [_("Say why you hold the level; the person reads it.")]
            valid = False
        if valid:
            given = CheckIn(person_id, competency.id, held_at, form.reason.data or "", form.request_key.data)
            with transaction():
                service.record_check_in(g.actor, given, clock.now())
            flash(_("Check-in recorded. %(name)s can read it.", name=card.name))
            return redirect(_page(person_id, competency.id), 303)
    else:
        note_looked([person_id])
    page = render_template(
        "competency/check_in.html",
        card=card,
        competency=competency,
        told=told,
        form=form,
        isolated=views_words.isolated,
    )
    return page, (422 if form.errors else 200)


@bp.route("/people/<int:person_id>/competencies/<competency_id>/prior-learning", methods=["GET", "POST"])
@judges
def prior_learning(person_id: int, competency_id: str) -> Any:
    card = access.get_person_to_judge(g.actor, person_id)
    competency = _competency(competency_id)
    form = PriorLearningForm()
    form.level.choices = [
        (str(n), f"{n} · {level_name(n)}: {competency.descriptors[n]}")
        for n in range(1, VALIDATED_MAX_LEVEL + 1)
    ]
    if request.method == "POST" and form.validate() and form.valid_until.data:
        until = datetime.combine(form.valid_until.data, time(23, 59), reader_zone())
        if until > clock.now():
            given = PriorLearning(
                person_id,
                competency.id,
                int(form.level.data),
                until,
                form.note.data or "",
                bool(form.certificate.data),
                form.request_key.data,
            )
            with transaction():
                service.record_prior_learning(g.actor, given, clock.now())
            flash(_("Prior learning recorded. %(name)s can read it.", name=card.name))
            return redirect(_page(person_id, competency.id), 303)
        form.valid_until.errors = [_("This day has passed. Choose one to come.")]
    page = render_template(
        "competency/prior_learning.html",
        card=card,
        competency=competency,
        form=form,
        isolated=views_words.isolated,
    )
    return page, (422 if form.errors else 200)


def _rating_form(ratings: dict[EvidenceKind, float]) -> SelfRatingForm:
    form = SelfRatingForm(
        data={
            "confidence": int(ratings.get(EvidenceKind.CONFIDENCE, 0)),
            "interest": int(ratings.get(EvidenceKind.INTEREST, 0)),
        }
    )
    form.confidence.choices = [
        (0, _("No answer")),
        (1, _("1 · Not at all")),
        (2, _("2 · A little")),
        (3, _("3 · Halfway")),
        (4, _("4 · Mostly")),
        (5, _("5 · Fully")),
    ]
    form.interest.choices = list(form.confidence.choices)
    return form


def _competency(competency_id: str) -> Competency:
    found = queries.find_competency(competency_id)
    if found is None:
        raise NotFound()
    return found


def _page(person_id: int, competency_id: str) -> str:
    return url_for(".explanation", person_id=person_id, competency_id=competency_id)
