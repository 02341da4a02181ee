"""The rows of the heat-map: people and what each of their cells says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from app.competency.framework import Competency
from app.competency.queries_heat import heat_of
from app.competency.views_words import cell_faces
from app.people.identity import PersonCard
from app.web.levels import heat_columns, heat_head, heat_row


def matrix_rows(
    cards: Sequence[PersonCard],
    competencies: Sequence[Competency],
    targets: Mapping[int, Mapping[str, int]],
    now: datetime,
) -> list[Markup]:
    """Return each person's row, whole; `targets` by person and competency."""
    held = heat_of([card.person_id for card in cards], now)
    columns = heat_columns((each.id, each.title) for each in competencies)
    rows = []
    for card in cards:
        base = url_for("competency.explanation", person_id=card.person_id, competency_id="-")[:-1]
        mine, asked = held[card.person_id], targets[card.person_id]
        faces = cell_faces([(mine.get(each.id), asked.get(each.id)) for each in competencies])
        page = url_for("competency.person_matrix", person_id=card.person_id)
        head = heat_head(card.name, page, card.job_role_title)
        rows.append(Markup("<tr>") + head + heat_row(card.name, base, columns, faces) + Markup("</tr>"))
    return rows
