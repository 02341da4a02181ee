"""What can be done with the playbook: load it from the files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.playbook.definitions import Article, Term
from app.playbook.models import GlossaryTerm, PlaybookArticle


def load_articles(articles: Sequence[Article], now: datetime) -> list[str]:
    """Bring the guides to what the files say; return what changed, in words."""
    stored = {row.id: row for row in db.session.scalars(select(PlaybookArticle))}
    changes = []
    for article in articles:
        row = stored.pop(article.id, None)
        fields = {
            "title": article.title,
            "owner": article.owner,
            "review_by": article.review_by,
            "audience": list(article.audience),
            "html": article.html,
            "retired_at": None,
        }
        if row is None:
            db.session.add(PlaybookArticle(id=article.id, loaded_at=now, **fields))
            changes.append(f"playbook page {article.id}: new")
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            row.version += 1
            row.loaded_at = now
            changes.append(f"playbook page {article.id}: version {row.version}")
    for row in stored.values():
        if row.retired_at is None:
            row.retired_at = now
            changes.append(f"playbook page {row.id}: retired")
    return changes


def load_terms(terms: Sequence[Term]) -> list[str]:
    """Bring the glossary to what the file says; return what changed, in words."""
    stored = {row.slug: row for row in db.session.scalars(select(GlossaryTerm))}
    changes = []
    for term in terms:
        row = stored.pop(term.slug, None)
        fields = {
            "term": term.term,
            "also": list(term.also),
            "meaning": term.meaning,
            "used_by": list(term.used_by),
        }
        if row is None:
            db.session.add(GlossaryTerm(slug=term.slug, **fields))
            changes.append(f"term {term.slug}: new")
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            changes.append(f"term {term.slug}: changed")
    for row in stored.values():
        db.session.delete(row)
        changes.append(f"term {row.slug}: removed")
    return changes
