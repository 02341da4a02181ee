"""The heads and rows of the heat-map: competencies, people and what each of their cells says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from flask import url_for
from markupsafe import Markup

from app.competency.framework import Competency
from app.competency.queries_heat import heat_rows, read_heat
from app.competency.views_words import cell_faces
from app.people.identity import PersonCard
from app.web.formatting import reader_locale
from app.web.levels import heat_columns, heat_head, heat_row


def matrix_columns(competencies: Sequence[Competency]) -> tuple[tuple[str, str, str], ...]:
    """Return the heads of the columns as the heat-map takes them: title, address and origin."""
    return tuple(
        (each.title, url_for("competency.competency_page", competency_id=each.id), each.owner)
        for each in competencies
    )


def matrix_rows(
    cards: Sequence[PersonCard],
    competencies: Sequence[Competency],
    targets: Mapping[int, Mapping[str, int]],
    now: datetime,
) -> list[Markup]:
    """Return each person's row, whole; `targets` by person and competency."""
    held = heat_rows([card.person_id for card in cards], now)
    ids = tuple([each.id for each in competencies])
    titles = tuple([each.title for each in competencies])
    locale = reader_locale()
    return [
        _draw(
            _Row(
                locale, card.person_id, card.name, card.job_role_title, ids, titles,
                held[card.person_id], tuple(map(targets[card.person_id].get, ids)),
            )
        )
        for card in cards
    ]  # fmt: skip


class _Row(NamedTuple):
    """All that a row shows: `held` as `heat_rows` gives it, `targets` in the order of the competencies."""

    locale: str
    person_id: int
    name: str
    job_role_title: str | None
    competency_ids: tuple[str, ...]
    titles: tuple[str, ...]
    held: str
    targets: tuple[int | None, ...]


@lru_cache(maxsize=2048)
def _draw(row: _Row) -> Markup:
    """Draw a row in the language of the page; kept under all that it shows, so that a change shows."""
    levels = read_heat(row.held)
    faces = cell_faces(zip(map(levels.get, row.competency_ids), row.targets, strict=True))
    page = url_for("competency.person_matrix", person_id=row.person_id)
    base = url_for("competency.explanation", person_id=row.person_id, competency_id="-")[:-1]
    cells = heat_row(row.name, base, heat_columns(row.competency_ids, row.titles), faces)
    return Markup("<tr>") + heat_head(row.name, page, row.job_role_title) + cells + Markup("</tr>")
