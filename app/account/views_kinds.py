"""The kinds of notice that people can keep out of their mail, in plain words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ALWAYS_MAILED = frozenset({"password-reset", "invitation", "account"})
KINDS = {
    "session": _l("Sessions: invitations, moves and cancellations"),
    "debrief": _l("Debriefs that wait for me"),
    "level": _l("Changes of my levels"),
    "lapsing": _l("Levels that lapse soon"),
    "clearance": _l("Clearances given or ended"),
    "dispute": _l("Disputes I am part of"),
    "onboarding": _l("Onboarding steps and nudges"),
    "quiz": _l("Quiz results"),
    "roleplay": _l("Role-play feedback"),
}


def offered(received: frozenset[str]) -> list[tuple[str, object]]:
    """Return (kind, words) to choose from: the known ones, and others that this person has received."""
    others = sorted(received - KINDS.keys() - ALWAYS_MAILED)
    return [*KINDS.items(), *((kind, kind.replace("-", " ").capitalize()) for kind in others)]
