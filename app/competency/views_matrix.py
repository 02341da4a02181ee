"""The heat-map of people and competencies for managers and HR, its CSV, and the pages of competencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.competency import access, queries
from app.competency.framework import Competency
from app.competency.views_base import bp, note_looked, owner_names, today
from app.competency.views_rows import matrix_columns, matrix_rows
from app.people.identity import PersonCard
from app.web.csv_file import csv_of
from app.web.guard import allowed, signed_in
from app.web.levels import level_name
from app.web.refusals import NotFound

PEOPLE_PER_PAGE = 100
leads = allowed("managers and HR", lambda actor: actor.is_manager or actor.is_hr)


@dataclass(frozen=True)
class Shown:
    """What the filters leave of everyone the reader may see here, and the team the page is about."""

    everyone: list[PersonCard]
    cards: list[PersonCard]
    competencies: list[Competency]
    team_id: int | None
    job_role_key: str
    direction: str


@bp.get("/matrix")
@leads
def matrix() -> Any:
    return _matrix_page(_shown(_team_asked(), access.visible_people(g.actor)), _("Matrix"))


@bp.get("/matrix.csv")
@leads
def matrix_csv() -> Any:
    return _csv(_shown(_team_asked(), access.visible_people(g.actor)))


@bp.get("/teams/<int:team_id>/matrix")
@leads
def team_matrix(team_id: int) -> Any:
    name, cards = access.get_team(g.actor, team_id)
    return _matrix_page(_shown(team_id, cards), _("%(team)s: matrix", team=name), fixed_team=True)


@bp.get("/teams/<int:team_id>/matrix.csv")
@leads
def team_matrix_csv(team_id: int) -> Any:
    _name, cards = access.get_team(g.actor, team_id)
    return _csv(_shown(team_id, cards))


def _team_asked() -> int | None:
    return request.args.get("team", type=int)


def _shown(team_id: int | None, everyone: list[PersonCard]) -> Shown:
    role, direction = request.args.get("role", ""), request.args.get("direction", "")
    framework = queries.find_framework()
    competencies = framework.competencies if framework else ()
    return Shown(
        everyone,
        [
            card
            for card in everyone
            if (team_id is None or card.team_id == team_id) and (not role or card.job_role_key == role)
        ],
        [each for each in competencies if not direction or each.owner == direction],
        team_id,
        role,
        direction,
    )


def _matrix_page(shown: Shown, title: str, *, fixed_team: bool = False) -> Any:
    now = clock.now()
    pages = max(-(-len(shown.cards) // PEOPLE_PER_PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    cards = shown.cards[(page - 1) * PEOPLE_PER_PAGE : page * PEOPLE_PER_PAGE]
    ids = [card.person_id for card in cards]
    note_looked(ids)
    names = owner_names()
    everyone = shown.everyone
    view_args: dict[str, Any] = {"team_id": shown.team_id} if fixed_team else {}
    filters: dict[str, Any] = {
        key: value
        for key, value in (
            ("team", shown.team_id if not fixed_team else None),
            ("role", shown.job_role_key),
            ("direction", shown.direction),
        )
        if value
    }
    endpoint = ".team_matrix" if fixed_team else ".matrix"
    targets = queries.targets_by_role({card.person_id: card.job_role_key for card in cards})
    return render_template(
        "competency/matrix.html",
        title=title,
        shown=shown,
        cards=cards,
        rows=matrix_rows(cards, shown.competencies, targets, now),
        fixed_team=fixed_team,
        columns=matrix_columns(shown.competencies),
        teams=tuple(
            sorted({(c.team_id, c.team_name) for c in everyone if c.team_id and c.team_name}, key=str)
        ),
        roles=tuple(
            sorted(
                {(c.job_role_key, c.job_role_title) for c in everyone if c.job_role_key and c.job_role_title},
                key=lambda pair: pair[1],
            )
        ),
        directions=_directions(names),
        csv_url=url_for(f"{endpoint}_csv", **view_args, **filters),
        page=page,
        pages=pages,
        page_url=lambda n: url_for(endpoint, **view_args, **filters, page=n),
        clear_url=url_for(endpoint, **view_args),
    )


def _csv(shown: Shown) -> Any:
    now = clock.now()
    ids = [card.person_id for card in shown.cards]
    note_looked(ids)
    held = queries.matrix_for(ids, now)
    targets = queries.targets_by_role({card.person_id: card.job_role_key for card in shown.cards})
    head = [_("Person"), _("E-mail"), _("Team"), _("Job role")]
    for each in shown.competencies:
        head += [
            each.title,
            _("%(title)s: target", title=each.title),
            _("%(title)s: until", title=each.title),
        ]
    lines: list[list[object]] = [list(head)]
    for card in shown.cards:
        line: list[object] = [card.name, card.email, card.team_name, card.job_role_title]
        for each in shown.competencies:
            cell = held[card.person_id].get(each.id)
            until = cell.lapses_at if cell else None
            line += [
                cell.level if cell else 0,
                targets[card.person_id].get(each.id, ""),
                until.date().isoformat() if until else "",
            ]
        lines.append(line)
    name = f"matrix-{today().isoformat()}.csv"
    return (
        csv_of(lines),
        200,
        {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/competencies")
@signed_in
def competencies_page() -> Any:
    framework = queries.find_framework()
    names = owner_names()
    groups: dict[str, list[Competency]] = {}
    for each in framework.competencies if framework else ():
        groups.setdefault(names.get(each.owner, each.owner), []).append(each)
    return render_template(
        "competency/competencies.html",
        groups=groups,
        levels=queries.levels_of(g.actor.person_id, clock.now()),
        targets=queries.targets_for(g.actor.person_id),
    )


@bp.get("/competencies/<competency_id>")
@signed_in
def competency_page(competency_id: str) -> Any:
    framework = queries.find_framework()
    competency = queries.find_competency(competency_id)
    if framework is None or competency is None:
        raise NotFound()
    roles = [
        (role.title, role.targets[competency_id])
        for role in framework.job_roles
        if competency_id in role.targets
    ]
    opens = [
        (clearance, standing, asked[competency_id])
        for clearance in framework.clearances
        for standing, asked in (("supervised", clearance.supervised), ("independent", clearance.independent))
        if competency_id in asked
    ]
    return render_template(
        "competency/competency.html",
        competency=competency,
        owner=owner_names().get(competency.owner, competency.owner),
        before=[framework.competency(each) for each in competency.prerequisites],
        requirements=competency.requirements(),
        roles=roles,
        opens=opens,
        level=queries.level_of(g.actor.person_id, competency_id, clock.now()),
        target=queries.targets_for(g.actor.person_id).get(competency_id),
        level_name=level_name,
        actor_id=g.actor.person_id,
    )


def _directions(names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    framework = queries.find_framework()
    owners = dict.fromkeys(each.owner for each in framework.competencies) if framework else {}
    return tuple((owner, names.get(owner, owner)) for owner in owners)
