"""Playbook pages and glossary terms as their files state them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Article:
    """A one-page guide. `id` is the module it belongs to; `html` is rendered and sanitised."""

    id: str
    title: str
    owner: str
    review_by: date
    audience: tuple[str, ...]
    html: str


@dataclass(frozen=True)
class Term:
    """A word both teams use, with its other names, its meaning, and who uses it."""

    term: str
    also: tuple[str, ...]
    meaning: str
    used_by: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Return the anchor under which the glossary page shows the term."""
        kept = "".join(c if c.isalnum() else "-" for c in self.term.lower())
        return "-".join(part for part in kept.split("-") if part)
