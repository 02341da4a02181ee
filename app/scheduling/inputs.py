"""What callers hand to the scheduling services, and what is refused. Pure, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.facts import Barred, Late
from app.scheduling.kinds import Mode, SessionKind
from app.scheduling.rules import RuleRefusal


@dataclass(frozen=True, slots=True)
class SessionProposal:
    """Carry a session somebody proposes; the same `request_key` is booked once, however often it is sent."""

    learner_id: int
    host_id: int
    kind: SessionKind
    starts_at: datetime
    minutes: int
    competency_id: str | None = None
    mode: Mode | None = None
    note: str = ""
    override_reason: str = ""
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class SessionMove:
    """Carry a new time for a session; `seen_version` is the version the person was looking at."""

    starts_at: datetime
    minutes: int
    reason: str
    seen_version: int
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class DebriefNotes:
    """Carry what one of the two writes afterwards; `rating` (1 to 5) is the learner's of the host."""

    saw: str
    learned: str
    next_step: str
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class TaskItem:
    """Carry one task of a rotation, with the competency it shows."""

    title: str
    competency_id: str | None = None


@dataclass(frozen=True, slots=True)
class RotationProposal:
    """Carry a rotation somebody proposes; both days included."""

    employee_id: int
    host_team_id: int
    supervisor_id: int
    from_on: date
    until_on: date
    tasks: tuple[TaskItem, ...]
    note: str = ""
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class FloorLine:
    """Carry one line of a department's floor."""

    weekday: int
    starts_minute: int
    ends_minute: int
    minimum: int


class BookingRefused(Late):
    """Rules forbid the booking; `refusals` names each. A manager's reason lifts those marked overridable."""

    def __init__(self, refusals: tuple[RuleRefusal, ...]) -> None:
        super().__init__(", ".join(f"{each.rule} {each.code}" for each in refusals))
        self.refusals = refusals


class ChangedMeanwhile(Late):
    """The session or rotation is no longer as the person saw it."""


class NotOver(Late):
    """The session has not ended yet, or never took place."""


class NotQualified(Barred):
    """Whoever signs off must hold level 3 in the competency."""


class AlreadyWritten(Late):
    """The session has debriefs, so it took place."""
