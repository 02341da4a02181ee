"""What can be done in the schedule; every verb runs in the caller's transaction."""

from __future__ import annotations

from app.scheduling.inputs import (
    AlreadyWritten,
    BookingRefused,
    ChangedMeanwhile,
    DebriefNotes,
    NotOver,
    NotQualified,
    SessionMove,
    SessionProposal,
)
from app.scheduling.service_debriefs import mark_held, report_missed, sign_off, write_debrief
from app.scheduling.service_sessions import accept, cancel, decline, lapse_unanswered, move, propose_session

__all__ = [
    "AlreadyWritten",
    "BookingRefused",
    "ChangedMeanwhile",
    "DebriefNotes",
    "NotOver",
    "NotQualified",
    "SessionMove",
    "SessionProposal",
    "accept",
    "cancel",
    "decline",
    "lapse_unanswered",
    "mark_held",
    "move",
    "propose_session",
    "report_missed",
    "sign_off",
    "write_debrief",
]
