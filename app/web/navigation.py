"""What stands in the navigation: domain packages register entries, the layout shows those that apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString


@dataclass(frozen=True, order=True)
class Entry:
    """One place in the navigation; `when` says for whom it stands there."""

    order: int
    endpoint: str
    label: str | LazyString
    icon: str
    when: Callable[[Any], bool]


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it."""

    label: str
    href: str
    icon: str
    current: bool


def register(
    app: Flask,
    label: str | LazyString,
    endpoint: str,
    icon: str,
    order: int,
    when: Callable[[Any], bool] = lambda actor: True,
) -> None:
    """Put a place in the navigation; call from a domain package's `init_app`.

    `label` is a `lazy_gettext` string, `icon` a name from `app.web.icons`, `order` the position:
    10–39 daily work, 40–69 team and programmes, 70–99 reference and administration. On phones the
    first four that apply stand in the bottom bar and the rest under *More*.
    """
    entries: list[Entry] = app.extensions.setdefault("navigation", [])
    entries.append(Entry(order, endpoint, label, icon, when))
    entries.sort(key=lambda entry: (entry.order, entry.endpoint))


def links_for(actor: Any) -> list[Link]:
    """Return the navigation of this person on the page being shown; nobody signed in has none."""
    if actor is None:
        return []
    entries: list[Entry] = current_app.extensions.get("navigation", [])
    here = current_entry([entry for entry in entries if entry.when(actor)])
    return [
        Link(str(entry.label), url_for(entry.endpoint), entry.icon, entry is here)
        for entry in entries
        if entry.when(actor)
    ]


def current_entry(entries: list[Entry]) -> Entry | None:
    """Return the entry whose address is the longest prefix of the page's address."""
    best: tuple[int, Entry | None] = (0, None)
    path = request.path.rstrip("/") + "/"
    for entry in entries:
        base = url_for(entry.endpoint).partition("?")[0].rstrip("/") + "/"
        if (path == base or (base != "/" and path.startswith(base))) and len(base) > best[0]:
            best = (len(base), entry)
    return best[1]


def init_app(app: Flask) -> None:
    """Offer `nav_items` to every template."""

    @app.context_processor
    def _navigation() -> dict[str, object]:
        return {"nav_items": links_for(g.get("actor"))}
