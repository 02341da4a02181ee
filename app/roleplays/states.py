"""Name the states of a round, of one observer's sheet and of a request to sign off."""

from enum import StrEnum


class RoundState(StrEnum):
    """Say where one role-play of one learner stands."""

    OPEN = "open"
    NEEDS_SECOND = "needs_second"
    NEEDS_RECONCILIATION = "needs_reconciliation"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class SheetState(StrEnum):
    """Say where one observer's scoring sheet stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECLINED = "declined"


class SignOffState(StrEnum):
    """Say where one request to sign off a task stands."""

    ASKED = "asked"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE_ROUNDS = (RoundState.OPEN, RoundState.NEEDS_SECOND, RoundState.NEEDS_RECONCILIATION)
