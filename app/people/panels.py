"""Panels that higher domains add to a person's page: a registry, so that people knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.people.identity import Actor, PersonCard

Loader = Callable[[Actor, PersonCard], Any]
When = Callable[[Actor, PersonCard], bool]


@dataclass(frozen=True)
class Panel:
    """One panel: `template` is included with `data`, what `loader(actor, card)` returned."""

    order: int
    template: str
    loader: Loader
    when: When


@dataclass(frozen=True)
class Shown:
    """A panel as one page shows it."""

    template: str
    data: Any


def shown_to(panels: list[Panel], actor: Actor, card: PersonCard) -> list[Shown]:
    """Return the panels that apply, in order, loaded."""
    fitting = sorted((each for each in panels if each.when(actor, card)), key=lambda each: each.order)
    return [Shown(each.template, each.loader(actor, card)) for each in fitting]
