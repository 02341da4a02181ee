"""Say standings in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app.onboarding.standing import Reason, ReasonKind, Risk


def risk_word(risk: Risk) -> str:
    """Return a risk in words."""
    match risk:
        case Risk.DONE:
            return _("Done")
        case Risk.ON_TRACK:
            return _("On track")
        case Risk.AT_RISK:
            return _("At risk")
        case Risk.LATE:
            return _("Late")


def reason_words(reason: Reason) -> str:
    """Return one reason as a sentence without a full stop."""
    if reason.kind is ReasonKind.OVERDUE:
        return ngettext(
            "%(title)s is %(num)s day overdue", "%(title)s is %(num)s days overdue", reason.days,
            title=reason.step_title,
        )  # fmt: skip
    if reason.kind is ReasonKind.DUE_SOON:
        if reason.days == 0:
            return _("%(title)s is due today", title=reason.step_title)
        return ngettext(
            "%(title)s is due tomorrow", "%(title)s is due in %(num)s days", reason.days,
            title=reason.step_title,
        )  # fmt: skip
    if reason.kind is ReasonKind.OVERLOADED:
        return _(
            "%(need)s minutes of modules are due within a week, the budget is %(have)s",
            need=reason.minutes,
            have=reason.budget_minutes,
        )
    return _("nothing was completed for %(days)s days", days=reason.days)
