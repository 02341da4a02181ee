"""One observer's scoring sheet as plain values, and what it still lacks before it can be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.roleplays.definitions import TOP_LEVEL, RolePlayDefinition
from app.roleplays.rating import ImpossibleRating

NOTE_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """State what an observer entered.

    `scores` holds a level 0 to 4 per criterion, None for *not assessed*; a criterion without a choice yet
    is absent. `global_rating` (0 to 4, 2 is the borderline) is the impression as a whole. What is None or
    absent is not mentioned: laid over an older sheet it leaves the older entry.
    """

    scores: Mapping[str, int | None] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    overall_note: str | None = None
    global_rating: int | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """Name what keeps a sheet from being submitted: criteria untouched, nothing assessed, no overall."""

    criteria: tuple[str, ...] = ()
    nothing_assessed: bool = False
    global_rating: bool = False

    def __bool__(self) -> bool:
        return bool(self.criteria) or self.nothing_assessed or self.global_rating


def check(sheet: Sheet, definition: RolePlayDefinition) -> None:
    """Raise ImpossibleRating for a criterion the rubric does not have or a level off the scale."""
    known = {criterion.id for criterion in definition.criteria}
    for key in {*sheet.scores, *sheet.notes} - known:
        raise ImpossibleRating(f"the rubric has no criterion {key}")
    for level in [*sheet.scores.values(), sheet.global_rating]:
        if level is not None and not 0 <= level <= TOP_LEVEL:
            raise ImpossibleRating(f"level {level} is not between 0 and {TOP_LEVEL}")


def lacking(sheet: Sheet, definition: RolePlayDefinition) -> Lack:
    """Return what a sheet lacks; *not assessed* is a choice, an untouched criterion is not."""
    untouched = tuple(c.id for c in definition.criteria if c.id not in sheet.scores)
    assessed = any(level is not None for level in sheet.scores.values())
    return Lack(untouched, not assessed and not untouched, sheet.global_rating is None)


def merge(old: Sheet, new: Sheet) -> Sheet:
    """Lay the newer entries over the older ones; what the newer sheet does not mention stays."""
    return Sheet(
        scores={**old.scores, **new.scores},
        notes={**old.notes, **new.notes},
        overall_note=new.overall_note if new.overall_note is not None else old.overall_note,
        global_rating=new.global_rating if new.global_rating is not None else old.global_rating,
    )
