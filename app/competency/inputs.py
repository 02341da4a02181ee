"""What callers hand to the competency services and what they get back. Pure, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.competency.kinds import EvidenceKind

Cause = Literal["evidence", "check_in", "correction", "lapse", "framework", "rebuild"]


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """Carry one fact into the ledger.

    `source_kind` and `source_id` name what it came from (such as "quiz_attempt" and "17"); the same source
    for the same person and competency is recorded once, however often it is sent. `score` is in the unit of
    the kind: quiz per cent, role-play mean of 4, coaching rating of 5, confidence and interest 1 to 5.
    """

    person_id: int
    competency_id: str
    kind: EvidenceKind
    source_kind: str
    source_id: str
    observed_at: datetime
    passed: bool = True
    score: float | None = None
    level: int | None = None
    valid_until: datetime | None = None
    minutes: int | None = None
    note: str = ""
    assessor_id: int | None = None
    assessor_in_good_standing: bool = True
    recorded_by: int | None = None


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Report that a level changed, and why."""

    person_id: int
    competency_id: str
    before: int
    after: int
    cause: Cause
    evidence_id: int | None = None


@dataclass(frozen=True, slots=True)
class FrameworkLoaded:
    """Report what loading a framework did; `changed` is False when it was in force already."""

    version_id: int
    changed: bool
    level_changes: tuple[LevelChange, ...] = ()
    graces: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """Report one projection row that differs from what the ledger gives."""

    person_id: int
    competency_id: str
    stored: Mapping[str, object] | None
    computed: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Carry a manager's word: confirm (`held_at` None), or hold the person at a level with a reason.

    The same word with the same `request_key` is recorded once, however often it is sent.
    """

    person_id: int
    competency_id: str
    held_at: int | None
    reason: str
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class PriorLearning:
    """Carry what someone brings along: the level an assessor validates, until when, and on what ground.

    The same entry with the same `request_key` is recorded once, however often it is sent.
    """

    person_id: int
    competency_id: str
    level: int
    valid_until: datetime
    note: str
    certificate: bool = False
    request_key: str | None = None
