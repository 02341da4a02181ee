"""Turn a roll-up into what a page says: what the level rests on, what comes next, when it lapses. Pure.

No prose here: each reason is a code with its figures, and the templates hold the sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.competency.facts import Evidence, Missing, RollUp
from app.competency.kinds import COACHING, MAX_LEVEL, SIGN_OFFS, EvidenceKind

StepCode = Literal["quiz", "observe", "role_play", "sign_offs", "coaching"]


@dataclass(frozen=True, slots=True)
class Ground:
    """Name one row a requirement rests on."""

    evidence_id: int
    kind: EvidenceKind
    observed_at: datetime
    score: float | None
    assessor_id: int | None


@dataclass(frozen=True, slots=True)
class Rung:
    """Describe one level: held or not, what it rests on, what it lacks."""

    level: int
    met: bool
    held: bool
    renewed: bool
    grounds: tuple[Ground, ...]
    lapses_at: datetime | None
    lapsed_at: datetime | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Say one thing to do, with how much of it is left."""

    code: StepCode
    level: int
    left: int
    more_days: int
    min_score: float | None
    best_score: float | None
    renewing: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Hold everything a page needs to say why a level is what it is."""

    level: int
    supported_level: int
    next_level: int | None
    target: int | None
    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]
    lapses_at: datetime | None
    lapsing: bool
    lapsed_from: int | None
    lapsed_at: datetime | None
    held_below_by: int | None
    aside: tuple[tuple[int, str], ...]

    @property
    def gap(self) -> int:
        """Return how many levels are missing to the target; 0 where none is set."""
        return max((self.target or 0) - self.level, 0)

    @property
    def keep(self) -> Step | None:
        """Return the single step that keeps a lapsing level alive, or None where nothing lapses."""
        if not (self.lapsing and self.level):
            return None
        return _RENEWING[self.level]


def explain(rolled: RollUp, evidence: Iterable[Evidence], target: int | None = None) -> Explanation:
    """Return the reasons behind a roll-up; `evidence` must hold the rows it was made from."""
    by_id = {row.id: row for row in evidence}
    rungs = tuple(
        Rung(
            level=state.level,
            met=state.met,
            held=state.level <= rolled.level,
            renewed=state.renewed,
            grounds=tuple(_ground(by_id[each]) for each in state.rests_on),
            lapses_at=state.lapses_at,
            lapsed_at=state.lapsed_at,
            steps=tuple(_step(each) for each in state.missing),
        )
        for state in rolled.requirements
    )
    lapsed = [rung.lapsed_at for rung in rungs if rung.lapsed_at is not None]
    return Explanation(
        level=rolled.level,
        supported_level=rolled.supported_level,
        next_level=rolled.level + 1 if rolled.level < MAX_LEVEL else None,
        target=target,
        rungs=rungs,
        steps=tuple(_step(each) for each in rolled.missing),
        lapses_at=rolled.lapses_at,
        lapsing=rolled.lapsing,
        lapsed_from=rolled.lapsed_from,
        lapsed_at=min(lapsed, default=None) if rolled.lapsed_from else None,
        held_below_by=rolled.held_below_by,
        aside=tuple((each.evidence_id, each.why) for each in rolled.set_aside),
    )


def _ground(row: Evidence) -> Ground:
    return Ground(row.id, row.kind, row.observed_at, row.score, row.assessor_id)


def _step(missing: Missing) -> Step:
    left = max(missing.count - missing.have, 0)
    more_days = max(missing.days - missing.days_have, 0)
    return Step(
        code=_code(missing.kinds),
        level=missing.level,
        left=max(left, more_days),
        more_days=more_days,
        min_score=missing.min_score,
        best_score=missing.best_score,
        renewing=missing.renewing,
    )


def _code(kinds: tuple[EvidenceKind, ...]) -> StepCode:
    if kinds == SIGN_OFFS:
        return "sign_offs"
    if kinds == COACHING:
        return "coaching"
    codes: dict[EvidenceKind, StepCode] = {
        EvidenceKind.QUIZ: "quiz",
        EvidenceKind.OBSERVE: "observe",
        EvidenceKind.ROLE_PLAY: "role_play",
    }
    return codes[kinds[0]]


def _renew(code: StepCode, level: int, min_score: float | None) -> Step:
    return Step(code, level, 1, 0, min_score, None, renewing=True)


_RENEWING = {
    1: _renew("quiz", 1, 80.0),
    2: _renew("role_play", 2, 3.0),
    3: _renew("sign_offs", 3, None),
    4: _renew("coaching", 4, 4.0),
}
