"""What the pages of levels share: the blueprint, keeping who looked, and links to the next step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from flask import Blueprint, Flask, current_app, g
from flask_babel import gettext as _

from app import clock
from app.competency import queries_ledger, service
from app.competency.explain import Explanation, StepCode
from app.competency.framework import SHARED_OWNER, Clearance
from app.db import transaction
from app.people import queries as people
from app.web.formatting import reader_zone

bp = Blueprint("competency", __name__, template_folder="templates")

FindSteps = Callable[[int, Collection[str]], Mapping[str, tuple[str, str]]]
FindSheets = Callable[[Collection[str]], Mapping[str, str]]
_STEPS = "competency_next_steps"
_SHEETS = "competency_cheat_sheets"


def register_next_steps(app: Flask, code: StepCode, find: FindSteps) -> None:
    """Let a higher domain say where a step is done; call from its `init_app`.

    `find(person_id, competency_ids)` returns (label, href) by competency id for those it knows a place for.
    """
    app.extensions.setdefault(_STEPS, {})[code] = find


def next_steps(person_id: int, told: Mapping[str, Explanation]) -> dict[str, tuple[str, str]]:
    """Return where each competency's first open step is done, as (label, href)."""
    wanted: dict[str, list[str]] = {}
    for competency_id, each in told.items():
        step = each.keep or next(iter(each.steps), None)
        if step is not None:
            wanted.setdefault(step.code, []).append(competency_id)
    registered: dict[str, FindSteps] = current_app.extensions.get(_STEPS, {})
    found: dict[str, tuple[str, str]] = {}
    for code, competency_ids in wanted.items():
        if code in registered:
            found |= registered[code](person_id, competency_ids)
    return found


def register_cheat_sheets(app: Flask, find: FindSheets) -> None:
    """Let a higher domain say where cheat sheets are read; call from its `init_app`.

    `find(module_ids)` returns the address by module id for those that have one.
    """
    app.extensions[_SHEETS] = find


def cheat_sheets(clearances: Collection[Clearance]) -> dict[str, str]:
    """Return where each clearance's cheat sheet is read, by clearance id."""
    wanted = {each.id: each.cheat_sheet for each in clearances if each.cheat_sheet}
    find: FindSheets | None = current_app.extensions.get(_SHEETS)
    places = find(set(wanted.values())) if find and wanted else {}
    return {each: places[module_id] for each, module_id in wanted.items() if module_id in places}


def note_looked(person_ids: Collection[int]) -> None:
    """Keep that the reader opened these people's levels; they see it on their own page."""
    now, on = clock.now(), today()
    fresh = queries_ledger.not_yet_noted(g.actor.person_id, person_ids, on)
    if fresh:
        with transaction():
            service.note_matrix_viewed(g.actor.person_id, fresh, on, now)


def today() -> date:
    """Return the reader's calendar day."""
    return clock.now().astimezone(reader_zone()).date()


def owner_names() -> dict[str, str]:
    """Return how the origin of a competency is shown, by department key; one query."""
    names = {key: _("From %(team)s", team=name) for key, name in people.list_departments()}
    return names | {SHARED_OWNER: _("Shared core")}
