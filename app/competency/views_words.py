"""The sentences of this domain: kinds of evidence, why a level is what it is, what raises or keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from app.competency.explain import Explanation, Rung, Step
from app.competency.facts import Missing
from app.competency.kinds import VALIDATED, EvidenceKind
from app.competency.queries_heat import Heat
from app.web.formatting import date_in, reader_locale, reader_zone
from app.web.levels import Face, heat_face


def kind_name(kind: EvidenceKind) -> str:
    """Return the plain name of a kind of evidence."""
    return _kind_names(reader_locale())[kind]


@lru_cache(maxsize=16)
def _kind_names(_locale: str) -> dict[EvidenceKind, str]:
    """Return every kind's name in the language of the page; kept, since a matrix asks a thousand times."""
    return {
        EvidenceKind.SELF_ASSESSMENT: _("own assessment"),
        EvidenceKind.INTEREST: _("interest"),
        EvidenceKind.CONFIDENCE: _("confidence"),
        EvidenceKind.LESSON: _("lesson read"),
        EvidenceKind.ATTENDANCE: _("session attended"),
        EvidenceKind.QUIZ: _("quiz"),
        EvidenceKind.OBSERVE: _("shadowing debrief"),
        EvidenceKind.ROLE_PLAY: _("role-play"),
        EvidenceKind.ASSIST: _("work done together"),
        EvidenceKind.REVERSE_SHADOW: _("reverse shadowing"),
        EvidenceKind.ROTATION_TASK: _("rotation task"),
        EvidenceKind.SUPERVISED: _("supervised work"),
        EvidenceKind.HOSTING: _("hosting"),
        EvidenceKind.FACILITATING: _("facilitating"),
        EvidenceKind.ASSESSING: _("assessing"),
        EvidenceKind.CHECK_IN: _("manager check-in"),
        EvidenceKind.PRIOR_LEARNING: _("prior learning"),
        EvidenceKind.EXTERNAL_CERTIFICATE: _("certificate"),
        EvidenceKind.OUTCOME: _("result at work"),
    }


def score_words(kind: EvidenceKind, score: float | None, level: int | None) -> str:
    """Return a result in the unit of its kind: "86 %", "3.4 of 4", "4.5 of 5", "level 2"."""
    if kind in VALIDATED and level is not None:
        return _("level %(level)s", level=level)
    if kind is EvidenceKind.CHECK_IN:
        return _("confirmed") if level is None else _("held at level %(level)s", level=level)
    if score is None:
        return ""
    if kind is EvidenceKind.QUIZ:
        return f"{score:.0f} %"
    if kind is EvidenceKind.ROLE_PLAY:
        return _("%(score)s of 4", score=f"{score:.1f}")
    return _("%(score)s of 5", score=f"{score:.1f}".removesuffix(".0"))


def isolated(name: str) -> str:
    """Return a name that keeps its own direction inside a sentence of another (Unicode isolates)."""
    return f"\u2068{name}\u2069"


def short_day(at: datetime | date) -> str:
    """Return a day short enough for a sentence, in the reader's zone and language."""
    return date_in(at, zone=str(reader_zone()), locale=reader_locale())


def basis_words(rows: Iterable[tuple[EvidenceKind, date | datetime]]) -> str:
    """Return what a level rests on: "quiz (3 Mar 2026), role-play (5 Mar 2026)"; the same kind once."""
    days: dict[EvidenceKind, list[str]] = {}
    for kind, at in rows:
        days.setdefault(kind, []).append(short_day(at))
    return ", ".join(f"{kind_name(kind)} ({', '.join(dict.fromkeys(on))})" for kind, on in days.items())


def grounds_words(rung: Rung) -> str:
    """Return what one level's requirement rests on."""
    return basis_words((ground.kind, ground.observed_at) for ground in rung.grounds)


def cell_faces(cells: Iterable[tuple[Heat | None, int | None]]) -> list[Face]:
    """Return cells of the matrix, from level and target: how they look, and what each rests on.

    Neither evidence nor target: the competency does not concern the person.
    """
    locale = reader_locale()
    return [_cell_face(locale, held, target) for held, target in cells]


@lru_cache(maxsize=4096)
def _cell_face(_locale: str, held: Heat | None, target: int | None) -> Face:
    """Draw a cell; kept, since cells with the same level and the same grounds look and sound alike."""
    if held is None and target is None:
        return heat_face(None)
    level, lapsing = (held.level, held.lapsing) if held else (0, False)
    return heat_face(level, target, lapsing=lapsing, note=cell_note(held))


def cell_note(held: Heat | None) -> str:
    """Return what one matrix cell rests on, for its tooltip and for screen readers."""
    if held is not None and held.lapsed_from and not held.level:
        return _("held level %(level)s before, lapsed", level=held.lapsed_from)
    basis = json.loads(held.basis) if held is not None and held.level else ()
    if not basis:
        return _("no evidence that counts yet")
    return _(
        "rests on %(basis)s",
        basis=basis_words((EvidenceKind(kind), date.fromisoformat(on)) for kind, on in basis),
    )


def why(told: Explanation) -> str:
    """Return the sentence behind a level: what it rests on, or why there is none."""
    if told.held_below_by is not None:
        return _(
            "The evidence supports level %(supported)s; a check-in holds it at %(level)s for now.",
            supported=told.supported_level,
            level=told.level,
        )
    if told.lapsed_from and not told.level:
        return _(
            "Level %(before)s was held before; the evidence for it has run out.", before=told.lapsed_from
        )
    if not told.level:
        return _("Nothing that counts has been recorded yet.")
    rung = told.rungs[told.level - 1]
    if rung.renewed:
        return _("Met before, and kept alive by %(basis)s.", basis=grounds_words(rung))
    return _("Rests on %(basis)s.", basis=grounds_words(rung))


def how(told: Explanation) -> list[str]:
    """Return what is left to do for the next level, one sentence per step, in order."""
    return [step_words(step) for step in told.steps]


def lapse_words(told: Explanation) -> str:
    """Return when the level lapses and what keeps it, or nothing where no level is held."""
    if told.lapses_at is None:
        return ""
    if told.keep is not None:
        return _("Lapses on %(day)s. %(step)s", day=short_day(told.lapses_at), step=step_words(told.keep))
    return _("Good until %(day)s.", day=short_day(told.lapses_at))


def step_words(step: Step) -> str:
    """Return one step as a sentence that says how much is left."""
    if step.code == "quiz":
        return _quiz_words(step)
    if step.code == "observe":
        return _("Shadow someone once and write the debrief.")
    if step.code == "role_play":
        if step.best_score is not None:
            return _(
                "Do a role-play again: a mean of %(mark)s of 4 is needed, your best is %(best)s.",
                mark=f"{step.min_score:.1f}",
                best=f"{step.best_score:.1f}",
            )
        return _("Do a role-play with an assessor: a mean of 3.0 of 4 and no critical point missed.")
    if step.code == "sign_offs":
        return _sign_off_words(step)
    if step.renewing:
        return _("Host one more session that is rated 4 of 5 or better.")
    return ngettext(
        "Host %(num)s more session that is rated 4 of 5 or better.",
        "Host %(num)s more sessions that are rated 4 of 5 or better.",
        step.left,
    )


def missing_words(missing: Missing) -> str:
    """Return one open need in a few words, for coverage: "1 quiz", "3 sign-offs"."""
    count = 1 if missing.renewing else max(missing.count - missing.have, missing.days - missing.days_have, 1)
    if missing.kinds[0] is EvidenceKind.QUIZ:
        return _("the quiz")
    if missing.kinds[0] is EvidenceKind.OBSERVE:
        return _("a shadowing hour with debrief")
    if missing.kinds[0] is EvidenceKind.ROLE_PLAY:
        return _("a role-play")
    if missing.kinds[0] is EvidenceKind.HOSTING:
        return ngettext("%(num)s hosted session", "%(num)s hosted sessions", count)
    return ngettext("%(num)s signed-off shadow hour", "%(num)s signed-off shadow hours", count)


def aside_words(code: str) -> str:
    """Return why a record does not count towards the level now."""
    return {
        "superseded": _("replaced by a corrected record"),
        "revoked": _("withdrawn"),
        "not_yet": _("lies in the future"),
        "expired": _("has run out"),
        "never_raises": _("shown for information, raises no level"),
        "failed": _("not passed"),
        "below_mark": _("below the mark"),
        "own_word": _("needs someone else to vouch for it"),
        "assessor_level": _("signed by someone below level 3"),
        "assessor_standing": _("waits for a second assessor"),
        "nothing_to_renew": _("renews a level once it is reached"),
    }[code]


def cause_words(cause: str) -> str:
    """Return why a level changed."""
    return {
        "evidence": _("because of new evidence"),
        "check_in": _("because of a check-in"),
        "correction": _("because a record was corrected"),
        "lapse": _("because it ran out"),
        "framework": _("because the framework changed"),
        "rebuild": _("because the matrix was put right"),
    }[cause]


def _quiz_words(step: Step) -> str:
    mark = f"{step.min_score or 80:.0f}"
    if step.renewing:
        return _("Pass the quiz again with %(mark)s %% or more.", mark=mark)
    if step.best_score is not None:
        return _(
            "Take the quiz again: %(mark)s %% is needed, your best is %(best)s %%.",
            mark=mark,
            best=f"{step.best_score:.0f}",
        )
    return _("Pass the quiz with %(mark)s %% or more.", mark=mark)


def _sign_off_words(step: Step) -> str:
    if step.renewing:
        return _("Get one piece of real work signed off by someone at level 3.")
    text = ngettext(
        "Get %(num)s more piece of real work signed off by someone at level 3",
        "Get %(num)s more pieces of real work signed off by someone at level 3",
        step.left,
    )
    if step.more_days == 1 and step.left == 1:
        return text + _(", on another day.")
    if step.more_days:
        return text + _(", on two different days at least.")
    return text + "."
