"""What waits for a person, gathered from every domain and put in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from app.people.identity import Actor
from app.quizzes import access as quizzes
from app.quizzes.queries import AttemptFacts
from app.roleplays import queries_waiting as roleplays
from app.scheduling import queries_waiting as scheduling


@dataclass(frozen=True)
class WaitingItem:
    """One thing that waits: what to do, about whom, since or by when, and where."""

    title: str
    meta: str
    href: str
    icon: str
    at: datetime | None = None


def waiting_for(actor: Actor, now: datetime) -> list[WaitingItem]:
    """Return everything that waits for the actor: schedule first, then assessments, then grading."""
    scheduled = [_scheduled(each) for each in scheduling.waiting_for(actor, now)]
    return scheduled + judgements(roleplays.waiting_for(actor, now), quizzes.waiting_to_grade(actor, now))


def judgements(
    assessments: Iterable[roleplays.Waiting], attempts: Iterable[AttemptFacts]
) -> list[WaitingItem]:
    """Return what waits for a person's judgement: tasks to sign off and role-plays, then free answers."""
    items = [_assessed(each) for each in assessments]
    items += [
        WaitingItem(
            _("Grade: %(title)s", title=each.title),
            "",
            url_for("quizzes.grade_attempt", attempt_id=each.id),
            "edit",
            each.ended_at,
        )
        for each in attempts
    ]
    return items


def _scheduled(item: scheduling.WaitingItem) -> WaitingItem:
    words = {
        "answer": (_("Answer an invitation"), "mail"),
        "consent": (_("Agree to a session"), "check"),
        "debrief": (_("Write a debrief"), "edit"),
        "sign_off": (_("Sign off work"), "check"),
        "rotation_answer": (_("Answer about a rotation"), "handoff"),
        "rotation_tasks": (_("Sign off rotation tasks"), "handoff"),
    }
    title, icon = words[item.what]
    about = ""
    if item.session:
        names = f"{item.session.learner.name} – {item.session.host.name}"
        about = f"{item.session.competency_title}, {names}" if item.session.competency_title else names
    return WaitingItem(title, about, item.href, icon, item.at)


def _assessed(item: roleplays.Waiting) -> WaitingItem:
    words = {
        "assess": (_("Assess a role-play"), "people"),
        "draft": (_("Finish an assessment"), "people"),
        "reconcile": (_("Settle two assessments that differ"), "warning"),
        "sign_off": (_("Sign off a task"), "check"),
    }
    title, icon = words[item.kind]
    return WaitingItem(title, f"{item.title}, {item.learner_name}", item.href, icon, item.since)
