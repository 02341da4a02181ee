"""Say standings in words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from app.onboarding.standing import Reason, ReasonKind, Risk
from app.web.formatting import minutes as duration
from app.web.formatting import reader_locale


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
            "%(need)s of modules are due within a week, the budget is %(have)s",
            need=duration(reason.minutes),
            have=duration(reason.budget_minutes),
        )
    return _("nothing was completed for %(days)s days", days=reason.days)


def month_words(month: str) -> str:
    """Return a month written "2026-11" as "November 2026", in the reader's language."""
    return _month_words(month, reader_locale())


@lru_cache(maxsize=512)
def _month_words(month: str, locale: str) -> str:
    return format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=locale)
