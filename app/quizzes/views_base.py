"""The blueprint of the quiz pages and what several of them need."""

from __future__ import annotations

from flask import Blueprint

from app.competency import queries as competency

bp = Blueprint("quizzes", __name__, template_folder="templates")


def competency_names() -> dict[str, str]:
    """Return the name of every competency in force, by id."""
    framework = competency.find_framework()
    return {each.id: each.title for each in framework.competencies} if framework else {}
