"""Kinds of evidence and the highest level each can support. Pure."""

from __future__ import annotations

from enum import StrEnum


class EvidenceKind(StrEnum):
    """Name what an evidence row reports; the value is what the ledger stores."""

    SELF_ASSESSMENT = "self_assessment"
    INTEREST = "interest"
    CONFIDENCE = "confidence"
    LESSON = "lesson"
    ATTENDANCE = "attendance"
    QUIZ = "quiz"
    OBSERVE = "observe"
    ROLE_PLAY = "role_play"
    ASSIST = "assist"
    REVERSE_SHADOW = "reverse_shadow"
    ROTATION_TASK = "rotation_task"
    SUPERVISED = "supervised"
    HOSTING = "hosting"
    FACILITATING = "facilitating"
    ASSESSING = "assessing"
    CHECK_IN = "check_in"
    PRIOR_LEARNING = "prior_learning"
    EXTERNAL_CERTIFICATE = "external_certificate"
    OUTCOME = "outcome"


MAX_LEVEL = 4
"""0 New, 1 Knows, 2 Shows, 3 Does, 4 Coaches."""

VALIDATED_MAX_LEVEL = 3
"""Prior learning and certificates are never accepted above this level."""

SHOWN_BESIDE = (EvidenceKind.SELF_ASSESSMENT, EvidenceKind.INTEREST, EvidenceKind.CONFIDENCE)
SIGN_OFFS = (
    EvidenceKind.ASSIST,
    EvidenceKind.REVERSE_SHADOW,
    EvidenceKind.ROTATION_TASK,
    EvidenceKind.SUPERVISED,
)
COACHING = (EvidenceKind.HOSTING, EvidenceKind.FACILITATING, EvidenceKind.ASSESSING)
VALIDATED = (EvidenceKind.PRIOR_LEARNING, EvidenceKind.EXTERNAL_CERTIFICATE)

_CEILINGS: dict[EvidenceKind, int] = {
    EvidenceKind.QUIZ: 1,
    EvidenceKind.OBSERVE: 1,
    EvidenceKind.ROLE_PLAY: 2,
    **dict.fromkeys(SIGN_OFFS, 3),
    **dict.fromkeys(COACHING, 4),
    **dict.fromkeys(VALIDATED, VALIDATED_MAX_LEVEL),
    EvidenceKind.OUTCOME: 3,
}


def ceiling_of(kind: EvidenceKind) -> int:
    """Return the highest level a kind can support; 0 for kinds that never raise a level."""
    return _CEILINGS.get(kind, 0)
