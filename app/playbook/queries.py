"""Reads of the playbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.curriculum.progress import is_for
from app.db import db
from app.playbook.definitions import Term
from app.playbook.models import GlossaryTerm, PlaybookArticle


@dataclass(frozen=True)
class ArticleView:
    """A guide as the list and its page show it; `html` is empty in lists."""

    id: str
    title: str
    owner: str
    review_by: date
    for_me: bool
    version: int
    html: str = ""


def list_articles(department_key: str | None) -> list[ArticleView]:
    """Return the living guides, those for the department first."""
    rows = db.session.scalars(
        select(PlaybookArticle).where(PlaybookArticle.retired_at.is_(None)).order_by(PlaybookArticle.title)
    )
    views = [_view(row, department_key) for row in rows]
    return sorted(views, key=lambda view: not view.for_me)


def find_article(article_id: str, department_key: str | None) -> ArticleView | None:
    """Return one living guide with its text, or None."""
    row = db.session.get(PlaybookArticle, article_id)
    return _view(row, department_key, row.html) if row and row.retired_at is None else None


def list_terms(search: str = "") -> list[Term]:
    """Return the glossary by term, narrowed to those whose words contain the search."""
    rows = [
        Term(row.term, tuple(row.also), row.meaning, tuple(row.used_by))
        for row in db.session.scalars(select(GlossaryTerm))
    ]
    wanted = search.casefold().strip()
    kept = [t for t in rows if wanted in " ".join((t.term, *t.also, t.meaning)).casefold()]
    return sorted(kept, key=lambda term: term.term.casefold())


def _view(row: PlaybookArticle, department_key: str | None, html: str = "") -> ArticleView:
    return ArticleView(
        row.id, row.title, row.owner, row.review_by, is_for(row.audience, department_key), row.version, html
    )
