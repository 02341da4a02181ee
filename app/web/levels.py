"""Draw a level: its number, its colour and its shape, so that none of them alone carries the meaning.

Written in Python because a matrix page draws thousands of them.
"""

from __future__ import annotations

from functools import lru_cache

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.web.icons import icon

LEVELS = range(5)
ENDS = {True: "</span></a></td>", False: "</span></span></td>"}


def level_name(level: int) -> str:
    """Return the word for a level. Raises ValueError for one that does not exist."""
    if level not in LEVELS:
        raise ValueError(f"no level {level}")
    return (_("New"), _("Knows"), _("Shows"), _("Does"), _("Coaches"))[level]


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


@lru_cache(maxsize=8)
def dial(level: int) -> Markup:
    """Return the shape of a level: a circle filled by quarters."""
    return Markup('<i class="dial dial-{}" aria-hidden="true"></i>').format(level)


@lru_cache(maxsize=512)
def _face(
    locale: str, level: int, target: int | None, *, lapsing: bool, fading: bool, linked: bool
) -> tuple[tuple[Markup, Markup], str]:
    """Return the cell's markup before and after its address, and what is spoken; kept per locale."""
    short = target is not None and target > level
    classes = f"heat lv{level}" + " has-gap" * short + " is-lapsing" * lapsing + " is-fading" * fading
    gap = Markup('<span class="heat-gap">−{}</span>').format((target or 0) - level) if short else Markup("")
    marks = Markup("").join(icon(name, size=12) for on, name in ((lapsing, "clock"), (fading, "fade")) if on)
    if linked:
        before = Markup('<td class="{}"><a class="heat-face" href="').format(classes)
    else:
        before = Markup('<td class="{}"><span class="heat-face').format(classes)
    after = Markup('">{}<b>{}</b>{}{}<span class="vh"> ').format(dial(level), level, gap, marks)
    return (before, after), level_words(level, target, lapsing=lapsing, fading=fading)


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

    `level` None draws a cell that does not apply. `href` opens the explanation. `note` says what the level
    rests on: spoken, and shown when the pointer rests on the cell.
    """
    if level is None:
        return Markup('<td class="heat is-none"><span class="vh">{}</span></td>').format(_("not asked for"))
    opening, said = _face(
        str(get_locale()), level, target, lapsing=lapsing, fading=fading, linked=href is not None
    )
    before, after = opening
    link = escape(href) if href is not None else ""
    spoken = escape((f"{label}: {said}" if label else said) + (f"; {note}" if note else ""))
    if note:
        link += Markup('" title="{}').format(note)
    # Joined by hand: Markup.format costs ten times as much, and a page draws ten thousand of these.
    return Markup(f"{before}{link}{after}{spoken}{ENDS[href is not None]}")  # noqa: S704
