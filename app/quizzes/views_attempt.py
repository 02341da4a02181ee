"""The pages of one attempt: answer, save, hand in, review."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock
from app.db import transaction
from app.quizzes import access, queries, service
from app.quizzes.attempt_rules import (
    GRACE,
    AttemptState,
    Phase,
    answer_order,
    match_options,
    may_review,
    phase_at,
)
from app.quizzes.forms import positions_in, read_answers
from app.quizzes.marking import Item, Outcome, QuestionMark, Response, mark_question
from app.quizzes.queries import Asked, AttemptFacts, Slot
from app.quizzes.question import Question, QuestionType
from app.quizzes.question_json import response_from_json, response_mark
from app.quizzes.service import AttemptAlreadySubmitted, Saved, SaveState, TimeIsUp
from app.quizzes.texts import GAP, plain
from app.quizzes.views_base import bp, competency_names
from app.web.guard import signed_in


@dataclass(frozen=True)
class Ask:
    """One position as a page shows it; `number` is None for a description."""

    slot: Slot
    number: int | None
    response: Response
    order: tuple[int, ...]
    options: tuple[str, ...]
    base: str
    lost: str = ""

    @property
    def question(self) -> Question:
        return self.slot.question

    @property
    def name(self) -> str:
        return f"q-{self.slot.position}"

    @property
    def answered(self) -> bool:
        return bool(self.slot.response)

    @property
    def stems(self) -> list[tuple[int, str, str]]:
        """Return (index, HTML, chosen answer) of each stem of a matching question."""
        matches = self.response.matches
        return [
            (index, html, matches[index] if index < len(matches) else "")
            for index, html in enumerate(self.slot.html.stems)
        ]

    def text_with(self, control: str) -> Markup:
        """Return the question's text with a control in place of its first blank."""
        before, _gap, after = self.slot.html.text.partition(GAP)
        return Markup(before) + control + Markup(after.replace(GAP, "_____"))  # noqa: S704

    @property
    def text(self) -> Markup:
        return Markup(self.slot.html.text.replace(GAP, "_____"))  # noqa: S704

    def answer_html(self, index: int) -> Markup:
        return Markup(self.slot.html.answers[index])  # noqa: S704


def asks(attempt: AttemptFacts, slots: list[Slot], lost: dict[int, str] | None = None) -> list[Ask]:
    """Return what the page of an attempt asks, in its order."""
    out, number = [], 0
    for slot in slots:
        counts = slot.question.type is not QuestionType.DESCRIPTION
        number += counts
        out.append(
            Ask(
                slot=slot,
                number=number if counts else None,
                response=response_from_json(slot.response),
                order=answer_order(slot.question, attempt.rules, attempt.seed, slot.position),
                options=match_options(slot.question, attempt.seed, slot.position),
                base=response_mark(slot.response),
                lost=(lost or {}).get(slot.position, ""),
            )
        )
    return out


@bp.get("/attempts/<int:attempt_id>")
@signed_in
def attempt(attempt_id: int) -> Any:
    now = clock.now()
    facts = _own_running(attempt_id, now)
    if facts.state is not AttemptState.IN_PROGRESS:
        return redirect(url_for("quizzes.review", attempt_id=attempt_id), 303)
    return _page(facts, now)


@bp.post("/attempts/<int:attempt_id>")
@signed_in
def answer(attempt_id: int) -> Any:
    """Save the page, and go on to hand in where the button says so; for pages without scripts."""
    now = clock.now()
    facts = _own_running(attempt_id, now)
    contested: list[Saved] = []
    slots = {slot.position: slot for slot in queries.slots(attempt_id)}
    given = read_answers(request.form, {each: slot.question for each, slot in slots.items()})
    try:
        with transaction():
            saved = service.save_answers(attempt_id, given, now)
        contested = [each for each in saved if each.state is SaveState.CONFLICT]
    except AttemptAlreadySubmitted:
        return redirect(url_for("quizzes.review", attempt_id=attempt_id), 303)
    except TimeIsUp:
        if request.form.get("action") == "save":
            flash(_("The time for answers is over. What was saved before counts."), "warning")
    if contested:
        lost = {
            each.position: _words(given[each.position].response, slots[each.position]) for each in contested
        }
        return _page(facts, now, lost), 409
    if request.form.get("action") != "save":
        return redirect(url_for("quizzes.hand_in", attempt_id=attempt_id), 303)
    flash(_("Saved. You can close this page and come back later."), "success")
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)


@bp.post("/attempts/<int:attempt_id>/answers")
@signed_in
def save(attempt_id: int) -> Any:
    """Save what a script sends, one answer or several; the reply says what became of each."""
    now = clock.now()
    access.get_own_attempt(g.actor, attempt_id)
    asked = queries.asked_at(attempt_id, positions_in(request.form))
    given = read_answers(request.form, {each: one.question for each, one in asked.items()})
    try:
        with transaction():
            saved = service.save_answers(attempt_id, given, now)
    except AttemptAlreadySubmitted:
        return {"ended": "handed in", "href": url_for("quizzes.review", attempt_id=attempt_id)}, 409
    except TimeIsUp:
        return {"ended": "time is up", "href": url_for("quizzes.attempt", attempt_id=attempt_id)}, 409
    return {
        "answers": [
            {
                "position": each.position,
                "state": each.state.value,
                "version": each.version,
                "base": each.base,
                "stored": _words(response_from_json(each.response), asked[each.position]),
            }
            for each in saved
        ]
    }


@bp.get("/attempts/<int:attempt_id>/hand-in")
@signed_in
def hand_in(attempt_id: int) -> Any:
    """Show what is answered and what is not, and ask before the attempt ends."""
    now = clock.now()
    facts = _own_running(attempt_id, now)
    if facts.state is not AttemptState.IN_PROGRESS:
        return redirect(url_for("quizzes.review", attempt_id=attempt_id), 303)
    shown = [ask for ask in asks(facts, queries.slots(attempt_id)) if ask.number is not None]
    return render_template(
        "quizzes/hand_in.html",
        attempt=facts,
        asks=shown,
        open_asks=[ask for ask in shown if not ask.answered],
        phase=phase_at(facts.rules, facts.due_at, now),
    )


@bp.post("/attempts/<int:attempt_id>/submit")
@signed_in
def submit(attempt_id: int) -> Any:
    """Hand in, once: a second press shows the same result."""
    now = clock.now()
    access.get_own_attempt(g.actor, attempt_id)
    with transaction():
        service.submit_attempt(attempt_id, now)
    return redirect(url_for("quizzes.review", attempt_id=attempt_id), 303)


@dataclass(frozen=True)
class Shown:
    """One question of a review: what was asked, what it earned, what to learn from it."""

    ask: Ask
    mark: QuestionMark
    feedback: tuple[Markup, ...]
    comment: str

    @property
    def stem_right(self) -> list[tuple[str, str, bool, str]]:
        """Return (stem, what was chosen, whether it is right, what is right) of a matching question."""
        right = [pair.answer for pair in self.ask.question.pairs if pair.stem]
        return [
            (html, chosen, index in self.mark.matched, right[index]) for index, html, chosen in self.ask.stems
        ]

    @property
    def right_answers(self) -> list[Markup]:
        """Return the answers of a typed question that earn the whole mark, patterns left out."""
        question = self.ask.question
        return [
            Markup(html) if answer.tolerance in (None, 0) else _with_tolerance(html, answer.tolerance)  # noqa: S704
            for answer, html in zip(question.answers, self.ask.slot.html.answers, strict=True)
            if answer.fraction >= 1 and "*" not in answer.text.text
        ]


@bp.get("/attempts/<int:attempt_id>/review")
@signed_in
def review(attempt_id: int) -> Any:
    now = clock.now()
    facts = access.get_attempt_to_review(g.actor, attempt_id)
    own = facts.person_id == g.actor.person_id
    if own:
        facts = _own_running(attempt_id, now)
        if facts.state is AttemptState.IN_PROGRESS:
            return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)
    mine = queries.attempts_of(facts.person_id, facts.activity_key)
    open_answers = not own or may_review(facts.rules, any(each.passed for each in mine))
    quiz = queries.find_quiz(facts.activity_key)
    return render_template(
        "quizzes/review.html",
        attempt=facts,
        own=own,
        open_answers=open_answers,
        shown=_shown(facts) if facts.handed_in else [],
        names=competency_names(),
        best=max((each.percent for each in mine if each.percent is not None), default=None),
        ever_passed=any(each.passed for each in mine),
        quiz=quiz,
        ruling=service.ruling_for(quiz.rules, mine, now) if quiz else None,
        revisions=queries.revisions_of(attempt_id),
    )


def _shown(facts: AttemptFacts) -> list[Shown]:
    out = []
    for ask in asks(facts, queries.slots(facts.id)):
        mark = mark_question(Item(ask.question, ask.response, manual_fraction=ask.slot.manual_fraction))
        texts = mark.feedback if mark.outcome is not Outcome.PENDING else ()
        html = tuple(Markup(ask.slot.html.feedback[text]) for text in texts)  # noqa: S704
        out.append(Shown(ask, mark, html, ask.slot.comment))
    return out


def _with_tolerance(html: str, tolerance: object) -> Markup:
    return Markup("{} ± {}").format(Markup(html), tolerance)  # noqa: S704


def _own_running(attempt_id: int, now: datetime) -> AttemptFacts:
    """Return the actor's attempt; one whose time is over is ended first."""
    facts = access.get_own_attempt(g.actor, attempt_id)
    over = phase_at(facts.rules, facts.due_at, now) is Phase.OVER
    if facts.state is AttemptState.IN_PROGRESS and over:
        with transaction():
            service.end_if_over(attempt_id, now)
        return access.get_own_attempt(g.actor, attempt_id)
    return facts


def _page(facts: AttemptFacts, now: datetime, lost: dict[int, str] | None = None) -> Any:
    shown = asks(facts, queries.slots(facts.id), lost)
    left = None if facts.due_at is None else max(0, int((facts.due_at - now).total_seconds()))
    return render_template(
        "quizzes/attempt.html",
        attempt=facts,
        asks=shown,
        questions=[ask for ask in shown if ask.number is not None],
        page=secrets.token_hex(8),
        seconds_left=left,
        phase=phase_at(facts.rules, facts.due_at, now),
        grace_minutes=int(GRACE.total_seconds() // 60),
    )


def _words(response: Response, asked: Slot | Asked) -> str:
    """Return a response in a few words, for telling two versions of an answer apart."""
    if response.choices:
        return ", ".join(plain(_choice_words(asked, index)) for index in response.choices)
    return response.text or ", ".join(match for match in response.matches if match)


def _choice_words(asked: Slot | Asked, index: int) -> str:
    if asked.question.type is QuestionType.TRUEFALSE:
        return _("True") if index == 0 else _("False")
    return asked.html.answers[index]
