"""Draw a level: its number, its colour and its shape, so that none of them alone carries the meaning.

Written in Python because a matrix page draws thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.web.formatting import reader_locale
from app.web.icons import icon

LEVELS = range(5)
ENDS = {True: Markup("</span></a></td>"), False: Markup("</span></span></td>")}


def level_name(level: int) -> str:
    """Return the word for a level. Raises ValueError for one that does not exist."""
    if level not in LEVELS:
        raise ValueError(f"no level {level}")
    return _level_names(reader_locale())[level]


@lru_cache(maxsize=16)
def _level_names(_locale: str) -> tuple[str, ...]:
    """Return the words in the language of the page; kept, since a page asks hundreds of times."""
    return _("New"), _("Knows"), _("Shows"), _("Does"), _("Coaches")


def level_words(level: int, target: int | None = None, *, lapsing: bool = False, fading: bool = False) -> str:
    """Return what stands beside a level's number, as spoken: "Shows, target 3, lapsing"."""
    words = [level_name(level)]
    if target is not None:
        words.append(_("target %(target)s", target=target))
    if lapsing:
        words.append(_("lapsing"))
    if fading:
        words.append(_("fading"))
    return ", ".join(words)


def level_chip(
    level: int,
    target: int | None = None,
    *,
    lapsing: bool = False,
    fading: bool = False,
    lapsed: bool = False,
    compact: bool = False,
) -> Markup:
    """Return a chip: dial, number and name; `compact` leaves the name to screen readers."""
    return _chip(
        reader_locale(), level, target, lapsing=lapsing, fading=fading, lapsed=lapsed, compact=compact
    )


@lru_cache(maxsize=1024)
def _chip(
    _locale: str, level: int, target: int | None, *, lapsing: bool, fading: bool, lapsed: bool, compact: bool
) -> Markup:
    """Draw a chip in the language of the page; there are few different ones."""
    name = level_name(level)
    extras = Markup("")
    if target is not None and target > level:
        extras += Markup('<span class="chip-gap">{}</span>').format(
            _("target %(target)s", target=target) if not compact else _("of %(target)s", target=target)
        )
    elif target is not None:
        extras += Markup('<span class="chip-gap">{}</span>').format(icon("check", _("target reached"), 16))
    for on, name_of, label in (
        (lapsing, "clock", _("lapsing")),
        (lapsed, "undo", _("lapsed")),
        (fading, "fade", _("fading")),
    ):
        if on:
            extras += Markup('<span class="chip-mark" title="{}">{}</span>').format(
                label, icon(name_of, label, 16)
            )
    text = (
        Markup('<span class="vh">{} </span>{}<span class="vh"> · {}</span>').format(_("Level"), level, name)
        if compact
        else Markup("<span>{} · {}</span>").format(level, name)
    )
    return Markup('<span class="chip"><span class="chip-level lv{}">{}{}</span>{}</span>').format(
        level, dial(level), text, extras
    )


def level_bars(rows: Iterable[Mapping[str, Any]], label: str) -> Markup:
    """Return levels against targets, one bar per row.

    `rows` have `name` and `level` and any of `target`, `href`, `note`, `lapsing` and `fading`.
    """
    bars = []
    for row in rows:
        level, target, href, name = row["level"], row.get("target"), row.get("href"), escape(row["name"])
        linked = f'<a href="{escape(href)}">{name}</a>' if href else name
        marks = {"lapsing": bool(row.get("lapsing")), "fading": bool(row.get("fading"))}
        note = f'<p class="muted small">{escape(row["note"])}</p>' if row.get("note") else ""
        bars.append(
            f'<li class="level-bar"><div class="level-bar-head"><span class="level-bar-name">{linked}</span>'
            f"{level_chip(level, target, **marks)}</div>{_track(level, target)}{note}</li>"
        )
    inner = "".join(bars)
    return Markup(f'<ul class="level-bars" role="list" aria-label="{escape(label)}">{inner}</ul>')  # noqa: S704


@lru_cache(maxsize=64)
def _track(level: int, target: int | None) -> str:
    """Draw four steps, those held filled, and a line where the target is."""
    steps = "".join(
        f'<rect class="{"is-held" if level > step else ""}" x="{step * 25}%" y="3" '
        'width="24.4%" height="8" rx="2"/>'
        for step in range(4)
    )
    at = f"{target * 25 - 0.4}%" if target else ""
    line = f'<line class="level-target" x1="{at}" x2="{at}" y1="0" y2="14"/>' if target else ""
    return f'<svg class="level-track" width="100%" height="14" aria-hidden="true">{steps}{line}</svg>'


@lru_cache(maxsize=8)
def dial(level: int) -> Markup:
    """Return the shape of a level: a circle filled by quarters."""
    return Markup('<i class="dial dial-{}" aria-hidden="true"></i>').format(level)


class Face(NamedTuple):
    """A cell of the heat-map without its address and the names of its row and column, which stand between."""

    opening: str
    middle: str
    ending: str
    linked: bool = True


def heat_face(
    level: int | None,
    target: int | None = None,
    *,
    lapsing: bool = False,
    fading: bool = False,
    note: str = "",
    linked: bool = True,
) -> Face:
    """Return how a cell looks and what it says; many cells of a page share one.

    `level` None is a cell that does not apply. `note` says what the level rests on: spoken, and shown when
    the pointer rests on the cell.
    """
    return _face(reader_locale(), level, target, lapsing=lapsing, fading=fading, note=note, linked=linked)


@lru_cache(maxsize=4096)
def _face(
    _locale: str,
    level: int | None,
    target: int | None,
    *,
    lapsing: bool,
    fading: bool,
    note: str,
    linked: bool,
) -> Face:
    """Draw a face in the language of the page; few of a page differ."""
    if level is None:
        return Face(
            Markup('<td class="heat is-none"><span class="vh">{}</span></td>').format(_("not asked for")),
            "",
            "",
            linked=False,
        )
    short = target is not None and target > level
    classes = f"heat lv{level}" + " has-gap" * short + " is-lapsing" * lapsing + " is-fading" * fading
    # An entity, as one letter beyond Latin-1 doubles what Python copies of a page with a thousand cells.
    gap = (
        Markup('<span class="heat-gap">&minus;{}</span>').format((target or 0) - level)
        if short
        else Markup("")
    )
    marks = Markup("").join(icon(name, size=12) for on, name in ((lapsing, "clock"), (fading, "fade")) if on)
    title = Markup('" title="{}').format(note) if note else Markup("")
    said = level_words(level, target, lapsing=lapsing, fading=fading) + (f"; {note}" if note else "")
    return Face(
        f'<td class="{classes}"><a class="heat-face" href="'
        if linked
        else f'<td class="{classes}"><span class="heat-face',
        Markup('{}">{}<b>{}</b>{}{}<span class="vh"> ').format(title, dial(level), level, gap, marks),
        Markup("{}{}").format(said, ENDS[linked]),
        linked,
    )


def heat_head(name: str, href: str | None = None, meta: str | None = None) -> Markup:
    """Return the head of a row of the heat-map: a person, with what they are in small letters."""
    who = f'<a href="{escape(href)}">{escape(name)}</a>' if href else escape(name)
    more = f'<span class="tiny muted">{escape(meta)}</span>' if meta else ""
    return Markup(f'<th scope="row" class="heat-head"><bdi>{who}</bdi>{more}</th>')  # noqa: S704


@lru_cache(maxsize=64)
def heat_columns(ends: tuple[str, ...], names: tuple[str, ...]) -> tuple[tuple[Markup, Markup], ...]:
    """Return columns as `heat_row` takes them, from the ends of their addresses and their names."""
    return tuple([(escape(end), escape(name)) for end, name in zip(ends, names, strict=True)])


def heat_row(name: str, base: str, columns: Iterable[tuple[Markup, Markup]], faces: Iterable[Face]) -> Markup:
    """Return the cells of one row of the heat-map, a face for each of `heat_columns`.

    The address of a cell is `base` and the end that its column gives. Person and competency are named to
    screen readers.
    """
    begin, who = escape(base), escape(name)
    # Joined by hand: Markup.format costs ten times as much, and a page draws a thousand of these.
    cells = [
        f"{opening}{begin}{end}{middle}{who}, {title}: {ending}" if linked else opening
        for (end, title), (opening, middle, ending, linked) in zip(columns, faces, strict=True)
    ]
    return Markup("".join(cells))  # noqa: S704 -- every part is escaped


def heat_cell(
    level: int | None,
    target: int | None = None,
    *,
    href: str | None = None,
    label: str = "",
    lapsing: bool = False,
    fading: bool = False,
    note: str = "",
) -> Markup:
    """Return one `<td>` of the heat-map; `label` names person and competency for screen readers.

    `href` opens the explanation; the rest is as in `heat_face`.
    """
    face = heat_face(level, target, lapsing=lapsing, fading=fading, note=note, linked=href is not None)
    spoken = Markup("{}: ").format(label) if label else ""
    if level is None:
        return Markup(face.opening)  # noqa: S704
    return Markup(f"{face.opening}{escape(href or '')}{face.middle}{spoken}{face.ending}")  # noqa: S704
