"""What the pages of role-plays share: the blueprint, people's names, and refusals said in words."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.competency import queries as competency
from app.people import queries as people
from app.people.identity import PersonCard

bp = Blueprint("roleplays", __name__, template_folder="templates")


@bp.app_template_filter("emphasis")
def emphasis(words: str) -> Markup:
    """Return plain words of a role-play with the parts between asterisks stressed."""
    parts = words.split("*")
    if len(parts) % 2 == 0:
        return escape(words)
    return Markup("").join(
        Markup("<em>{}</em>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def cards_of(person_ids: Collection[int]) -> dict[int, PersonCard]:
    """Return the cards of these people, former colleagues included."""
    return people.cards(person_ids)


def competency_titles(competency_ids: Collection[str]) -> dict[str, str]:
    """Return titles by id; the id itself where the framework has dropped it."""
    framework = competency.find_framework()
    known = {each.id: each.title for each in framework.competencies} if framework else {}
    return {each: known.get(each, each) for each in competency_ids}


def global_ratings() -> list[tuple[int, str]]:
    """Return the five words for the impression as a whole; 2 is the borderline."""
    return [
        (0, _("Clearly not yet")),
        (1, _("Not yet")),
        (2, _("Borderline")),
        (3, _("Good")),
        (4, _("Excellent")),
    ]
