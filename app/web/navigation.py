"""What stands in the navigation: domain packages register entries, the layout shows those that apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for

from app.web.formatting import reader_locale


@dataclass(frozen=True, eq=False)
class Entry:
    """One place a person can go to; `when` says for whom it stands there. Equal to nothing but itself."""

    order: int
    endpoint: str
    label: object
    icon: str
    when: Callable[[Any], bool]


class Link(NamedTuple):
    """An entry as one page shows it."""

    label: str
    href: str
    icon: str
    current: bool


def register(
    app: Flask,
    label: object,
    endpoint: str,
    icon: str,
    order: int,
    *,
    when: Callable[[Any], bool] = lambda actor: True,
    place: str = "main",
) -> None:
    """Put an entry in the navigation; call from a domain package's `init_app`.

    `label` is a `lazy_gettext` string, `icon` a name from `app.web.icons`, `order` the position:
    10–39 daily work, 40–69 team and programmes, 70–99 reference and administration. On phones the
    first four that apply stand in the bottom bar and the rest under *More*. `place` "account" puts
    the entry into the account menu instead.
    """
    entries = _entries(app, place)
    entries.append(Entry(order, endpoint, label, icon, when))
    entries.sort(key=lambda entry: (entry.order, entry.endpoint))


def links_for(actor: Any, *, place: str = "main") -> tuple[Link, ...]:
    """Return the entries that apply to this person; nobody signed in has none."""
    if actor is None:
        return ()
    shown = tuple([entry for entry in _entries(current_app, place) if entry.when(actor)])
    return _links(reader_locale(), shown, nearest(request.path, _addresses(shown)))


def nearest(path: str, addresses: Iterable[str]) -> str | None:
    """Return the address that is the longest leading part of `path`; "/" only stands for itself."""
    whole = path.rstrip("/") + "/"
    fits = [
        address
        for address in addresses
        if (base := address.partition("?")[0].rstrip("/") + "/") == whole
        or (base != "/" and whole.startswith(base))
    ]
    return max(fits, key=len, default=None)


@lru_cache(maxsize=256)
def _addresses(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(url_for(entry.endpoint) for entry in entries)


@lru_cache(maxsize=1024)
def _links(_locale: str, entries: tuple[Entry, ...], here: str | None) -> tuple[Link, ...]:
    """Name the entries in the language of the page and mark the place where the reader is."""
    return tuple(
        Link(str(entry.label), href, entry.icon, href == here)
        for entry, href in zip(entries, _addresses(entries), strict=True)
    )


def _entries(app: Flask, place: str) -> list[Entry]:
    registry: dict[str, list[Entry]] = app.extensions.setdefault("navigation", {})
    return registry.setdefault(place, [])


def init_app(app: Flask) -> None:
    """Offer `nav_items` to every template."""

    @app.context_processor
    def _navigation() -> dict[str, object]:
        return {"nav_items": links_for(g.get("actor"))}
