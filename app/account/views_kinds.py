"""The kinds of notice that people can keep out of their mail, in plain words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.notifications.kinds import NoticeKind

OFFERED = {
    NoticeKind.SESSION: _l("Sessions: invitations, moves, cancellations, debriefs"),
    NoticeKind.ROTATION: _l("Rotations: proposals, answers and tasks"),
    NoticeKind.ROLE_PLAY: _l("Role-plays: requests to assess, and feedback"),
    NoticeKind.SIGN_OFF: _l("Tasks to sign off, and tasks signed off"),
    NoticeKind.QUIZ: _l("Quizzes: answers to grade, and results"),
    NoticeKind.LEVEL: _l("Changes of my levels"),
    NoticeKind.LAPSING: _l("Levels that lapse soon"),
    NoticeKind.CLEARANCE: _l("Clearances given or ended"),
    NoticeKind.DISPUTE: _l("Disputes I am part of"),
    NoticeKind.ONBOARDING: _l("Onboarding steps and reminders"),
}
