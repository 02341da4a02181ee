"""Rotations: the list, the way to a new one, and one with its tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app import clock
from app.competency import queries as competency
from app.curriculum import queries as curriculum
from app.db import transaction
from app.people import queries as people
from app.scheduling import access, access_rotations, queries, service
from app.scheduling.forms_rotations import MOST_TASKS, TASK_LENGTH, CallOffForm, RotationForm, TaskForm
from app.scheduling.inputs import TaskItem
from app.scheduling.kinds import LIVE, State
from app.scheduling.queries_rotations import RotationFact
from app.scheduling.views_base import bp, changed_meanwhile
from app.scheduling.views_words import day, part_name, refusal_lines, state_badge
from app.web.forms import error_lines, typed
from app.web.guard import signed_in
from app.web.refusals import NotFound

HISTORY = timedelta(days=365)


@bp.get("/rotations")
@signed_in
def rotations() -> Any:
    """List the rotations the reader makes, supervises or answers for; HR sees all."""
    since = (clock.now() - HISTORY).date()
    seen = (
        queries.list_rotations(since)
        if g.actor.is_hr
        else queries.rotations_of(access_rotations.visible_to(g.actor), since=since)
    )
    waiting = queries.rotation_answers_wanted(g.actor)
    return render_template(
        "scheduling/rotations.html", rotations=seen, waiting=waiting, state_badge=state_badge, day=day
    )


@bp.get("/rotations/new")
@signed_in
def new_rotation() -> Any:
    """Choose who goes where, then days, supervisor and tasks."""
    return _new_page(None, [], [])


@bp.post("/rotations")
@signed_in
def propose_rotation() -> Any:
    """Book a proposed rotation and ask everybody concerned."""
    form = RotationForm()
    tasks = _tasks()
    chosen = [*_chosen_tasks(form.team.data), *tasks]
    errors = [] if chosen else [_("Choose or name at least one task.")]
    if len(chosen) > MOST_TASKS:
        errors.append(_("Choose at most %(most)s tasks.", most=MOST_TASKS))
    valid = form.validate()
    if not valid or errors:
        errors += error_lines(form)
        return _new_page(form, tasks, errors), 422
    try:
        with transaction():
            rotation_id = service.propose_rotation(g.actor, form.proposal(tuple(chosen)), clock.now())
    except service.BookingRefused as refused:
        return _new_page(form, tasks, refusal_lines(refused.refusals)), 409
    flash(_("Proposed. Everybody concerned is asked."), "success")
    return redirect(url_for("scheduling.rotation_page", rotation_id=rotation_id), 303)


@bp.get("/rotations/<int:rotation_id>")
@signed_in
def rotation_page(rotation_id: int) -> Any:
    """Show one rotation with what the reader can do about it."""
    return _page(access_rotations.get_rotation(g.actor, rotation_id))


@bp.post("/rotations/<int:rotation_id>/accept")
@signed_in
def accept_rotation(rotation_id: int) -> Any:
    """Say yes."""
    access_rotations.get_rotation(g.actor, rotation_id)
    return _answer(rotation_id, yes=True, reason="")


@bp.post("/rotations/<int:rotation_id>/decline")
@signed_in
def decline_rotation(rotation_id: int) -> Any:
    """Say no, with a reason."""
    fact = access_rotations.get_rotation(g.actor, rotation_id)
    form = CallOffForm(prefix="decline")
    if not form.validate():
        return _page(fact, decline_form=form), 422
    return _answer(rotation_id, yes=False, reason=form.reason.data or "")


@bp.post("/rotations/<int:rotation_id>/cancel")
@signed_in
def cancel_rotation(rotation_id: int) -> Any:
    """Call it off before it begins."""
    fact = access_rotations.get_rotation_to_change(g.actor, rotation_id)
    form = CallOffForm(prefix="cancel")
    if not form.validate():
        return _page(fact, cancel_form=form), 422
    with transaction():
        state = service.cancel_rotation(g.actor, rotation_id, form.reason.data or "", clock.now())
    if state == State.CANCELLED:
        flash(_("Cancelled. The days are free again and the others were told why."))
    else:
        changed_meanwhile()
    return _back(rotation_id)


@bp.post("/rotations/<int:rotation_id>/tasks/<int:task_id>/sign-off")
@signed_in
def sign_off_task(rotation_id: int, task_id: int) -> Any:
    """Sign off one task."""
    fact = access_rotations.get_rotation_to_sign_off(g.actor, rotation_id)
    form = TaskForm(prefix=f"task{task_id}")
    if not form.validate():
        return _page(fact, task_forms={task_id: form}), 422
    try:
        with transaction():
            service.sign_off_task(g.actor, rotation_id, task_id, form.note.data or "", clock.now())
    except service.NotQualified:
        flash(_("You need level 3 in this competency to sign it off."), "error")
    except service.NotOver:
        changed_meanwhile()
    else:
        flash(_("Signed off. It counts as evidence where the task names a competency."))
    return _back(rotation_id)


def _answer(rotation_id: int, *, yes: bool, reason: str) -> Any:
    try:
        with transaction():
            state = service.answer_rotation(g.actor, rotation_id, yes, reason, clock.now())
    except service.ChangedMeanwhile:
        changed_meanwhile()
    else:
        if state == State.DECLINED:
            flash(_("Declined. The others were told why."))
        else:
            flash(_("Agreed by all.") if state == State.ACCEPTED else _("Your yes is kept. Others have yet to answer."))  # fmt: skip  # noqa: E501
    return _back(rotation_id)


def _back(rotation_id: int) -> Any:
    return redirect(url_for("scheduling.rotation_page", rotation_id=rotation_id), 303)


def _tasks() -> list[TaskItem]:
    """Return the tasks that were entered in words."""
    framework = competency.find_framework()
    known = {each.id for each in framework.competencies} if framework else set()
    found = []
    for n in range(MOST_TASKS):
        title = typed(request.form, f"task-{n}", _("Task %(n)s", n=n + 1), TASK_LENGTH)
        asked = request.form.get(f"task-competency-{n}", "")
        if title:
            found.append(TaskItem(title, asked if asked in known else None))
    return found


def _ready_tasks(team_id: int | None) -> dict[str, tuple[TaskItem, str]]:
    """Return the curriculum's tasks for what the host team's department owns, by key, with the module."""
    framework = competency.find_framework()
    owner = next((key for each, _name, key in people.list_teams() if each == team_id), None)
    if framework is None or owner is None:
        return {}
    owned = {each.id for each in framework.competencies if each.owner == owner}
    found = {}
    for task in curriculum.list_tasks(owned):
        shown = next(each for each in task.competency_ids if each in owned)
        found[task.key] = (TaskItem(task.title[:TASK_LENGTH], shown), task.module_title)
    return found


def _chosen_tasks(team_id: int | None) -> list[TaskItem]:
    ready = _ready_tasks(team_id)
    return [ready[key][0] for key in dict.fromkeys(request.form.getlist("ready")) if key in ready]


def _new_page(form: RotationForm | None, tasks: list[TaskItem], errors: list[str]) -> Any:
    given = request.values
    employee_id = given.get("employee", type=int) or g.actor.person_id
    employee = access.get_learner(g.actor, employee_id)
    team_id = given.get("team", type=int)
    teams = [choice for choice in people.team_choices() if choice[0] != employee.team_id]
    if team_id is not None and team_id not in {each for each, _name in teams}:
        raise NotFound()
    members = people.list_active(team_id=team_id) if team_id is not None else []
    if form is None:
        data = {"employee": employee.person_id, "team": team_id, "request_key": str(uuid4())}
        form = RotationForm(formdata=None, data=data)
    form.supervisor.choices = [
        SelectChoice("", _("Choose a supervisor")),
        *(SelectChoice(str(each.person_id), each.name) for each in members if each != employee),
    ]
    framework = competency.find_framework()
    learners = access.learners_of(g.actor)
    return render_template(
        "scheduling/new_rotation.html",
        form=form,
        errors=errors,
        employee=employee,
        team_id=team_id,
        teams=teams,
        learner_options=[
            (each.person_id, _("Myself") if each.person_id == g.actor.person_id else each.name)
            for each in learners
        ],
        tasks=[*tasks, *([TaskItem("")] * (MOST_TASKS - len(tasks)))][: max(4, len(tasks) + 1)],
        competencies=[(each.id, each.title) for each in framework.competencies] if framework else [],
        task_length=TASK_LENGTH,
        most_tasks=MOST_TASKS,
        ready=[(key, task.title, module) for key, (task, module) in _ready_tasks(team_id).items()],
        ticked=set(request.form.getlist("ready")),
    )


def _page(fact: RotationFact, **forms: Any) -> str:
    now, actor = clock.now(), g.actor
    ids = {a.person_id for a in fact.answers} | {a.decided_by for a in fact.answers if a.decided_by}
    begun = fact.begun(now)
    signing = (
        actor.person_id == fact.supervisor.person_id and begun and fact.state in (State.ACCEPTED, State.HELD)
    )
    return render_template(
        "scheduling/rotation.html",
        fact=fact,
        title=_("%(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name),
        badge=state_badge(fact.state),
        names={each: card.name for each, card in people.cards(ids).items()},
        part_name=part_name,
        day=day,
        asked=access_rotations.parts_to_answer(actor, fact)
        if fact.state == State.PROPOSED and not begun
        else [],
        can_cancel=fact.state in LIVE and not begun and access_rotations.can_change(actor, fact),
        signing=signing,
        task_forms={t.task_id: TaskForm(formdata=None, prefix=f"task{t.task_id}") for t in fact.tasks}
        | forms.get("task_forms", {}),
        decline_form=forms.get("decline_form") or CallOffForm(formdata=None, prefix="decline"),
        cancel_form=forms.get("cancel_form") or CallOffForm(formdata=None, prefix="cancel"),
    )
