"""The words of scheduling: kinds of session, modes, states, parts, and the figures of the rules. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

SLOT_MINUTES = 30
SLOT = timedelta(minutes=SLOT_MINUTES)
LENGTHS = (30, 60, 90, 120)
"""Minutes a session may last when it is booked by hand."""

HOST_LEVEL = 3
PREREQUISITE_LEVEL = 1
HOST_WEEKLY_MINUTES = 120
"""Minutes a week that one person hosts at most; a manager may go beyond it with a reason."""

ROTATION_GAP_DAYS = 56
"""Days between the end of one rotation and the start of the next, so that it stays about one a quarter."""

ROTATION_MAX_DAYS = 28
GUEST_CAP = 1
"""Guests a team takes at the same time where nobody has set another number."""


class SessionKind(StrEnum):
    """Name what people meet for."""

    SHADOWING = "shadowing"
    WORKSHOP = "workshop"
    TOUCHPOINT = "touchpoint"
    ROLE_PLAY = "role_play"
    CHECK_IN = "check_in"


class Mode(StrEnum):
    """Name who does the work while one shadows the other."""

    OBSERVE = "observe"
    ASSIST = "assist"
    REVERSE_SHADOW = "reverse_shadow"


MODES_BEFORE: dict[Mode, tuple[Mode, ...]] = {
    Mode.OBSERVE: (),
    Mode.ASSIST: (Mode.OBSERVE,),
    Mode.REVERSE_SHADOW: (Mode.OBSERVE, Mode.ASSIST),
}


class State(StrEnum):
    """Name where a session or rotation stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    HELD = "held"


LIVE = (State.PROPOSED, State.ACCEPTED)
TAKING_TIME = (State.PROPOSED, State.ACCEPTED, State.HELD)


class Part(StrEnum):
    """Name in which part somebody answers an invitation."""

    LEARNER = "learner"
    HOST = "host"
    MANAGER = "manager"
    EMPLOYEE = "employee"
    SUPERVISOR = "supervisor"
    HOST_MANAGER = "host_manager"


MANAGERS = (Part.MANAGER, Part.HOST_MANAGER)


class Answer(StrEnum):
    """Name what somebody answered."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
