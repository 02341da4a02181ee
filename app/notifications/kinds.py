"""The kinds of notice, and which of them a person can keep out of the mail."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about; each kind can be muted on its own, `ACCOUNT` never."""

    SESSION = "session"
    ROTATION = "rotation"
    ROLE_PLAY = "role_play"
    SIGN_OFF = "sign_off"
    QUIZ = "quiz"
    LEVEL = "level"
    LAPSING = "lapsing"
    CLEARANCE = "clearance"
    DISPUTE = "dispute"
    ONBOARDING = "onboarding"
    ACCOUNT = "account"


ALWAYS_MAILED = frozenset({NoticeKind.ACCOUNT})
