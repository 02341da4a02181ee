"""Who may fetch what of the curriculum: everyone signed in may read; prerequisites decide what may begin."""

from __future__ import annotations

from flask_babel import gettext as _

from app.curriculum import queries
from app.curriculum.definitions import ActivityKind, activity_key
from app.curriculum.progress import ModuleProgress, ModuleState
from app.curriculum.queries import ActivityFacts
from app.people.identity import Actor
from app.web.refusals import Conflict, NotFound


def get_module(actor: Actor, module_id: str) -> ModuleProgress:
    """Return a module with the actor's progress. Raises NotFound."""
    module = queries.progress_in(actor.person_id, actor.department_key).get(module_id)
    if module is None:
        raise NotFound()
    return module


def get_activity(module_id: str, activity_id: str, kind: ActivityKind | None = None) -> ActivityFacts:
    """Return an activity of the wanted kind. Raises NotFound."""
    activity = queries.find_activity(activity_key(module_id, activity_id))
    if activity is None or (kind is not None and activity.kind is not kind):
        raise NotFound()
    return activity


def require_unlocked(actor: Actor, module_id: str) -> ModuleProgress:
    """Return the module when its prerequisites are done. Raises Conflict, naming them, when they are not."""
    module = get_module(actor, module_id)
    if module.state is ModuleState.LOCKED:
        titles = queries.module_titles()
        modules = ", ".join(titles.get(each, each) for each in module.waits_for)
        raise Conflict(_("Finish first: %(modules)s.", modules=modules))
    return module
