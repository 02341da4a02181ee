"""What can be done in the schedule; every verb runs in the caller's transaction."""

from __future__ import annotations

from app.scheduling.inputs import (
    AlreadyWritten,
    BookingRefused,
    ChangedMeanwhile,
    DebriefNotes,
    FloorLine,
    NotOver,
    NotQualified,
    RotationProposal,
    SessionMove,
    SessionProposal,
    TaskItem,
)
from app.scheduling.service_calendar import (
    create_feed,
    end_pairing,
    replace_busy_times,
    revoke_feed,
    set_floors,
    set_pairing,
)
from app.scheduling.service_debriefs import (
    mark_held,
    report_missed,
    sign_off,
    write_debrief,
)
from app.scheduling.service_rotations import (
    answer_rotation,
    cancel_rotation,
    close_rotations,
    propose_rotation,
    set_guest_cap,
    sign_off_task,
)
from app.scheduling.service_sessions import (
    accept,
    cancel,
    decline,
    lapse_unanswered,
    move,
    propose_session,
)

__all__ = [
    "AlreadyWritten",
    "BookingRefused",
    "ChangedMeanwhile",
    "DebriefNotes",
    "FloorLine",
    "NotOver",
    "NotQualified",
    "RotationProposal",
    "SessionMove",
    "SessionProposal",
    "TaskItem",
    "accept",
    "answer_rotation",
    "cancel",
    "cancel_rotation",
    "close_rotations",
    "create_feed",
    "decline",
    "end_pairing",
    "lapse_unanswered",
    "mark_held",
    "move",
    "propose_rotation",
    "propose_session",
    "replace_busy_times",
    "report_missed",
    "revoke_feed",
    "set_floors",
    "set_guest_cap",
    "set_pairing",
    "sign_off",
    "sign_off_task",
    "write_debrief",
]
