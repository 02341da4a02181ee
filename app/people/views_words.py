"""Say what an import changes, in plain words."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from app.people.import_plan import Change, FieldChange
from app.people.work_hours import format_hours


def change_words(change: Change) -> list[str]:
    """Return one line per value: before and after, or just the value of a new person."""
    return [_line(field, new=change.person_id is None) for field in change.fields]


def _line(field: FieldChange, *, new: bool) -> str:
    label = _labels().get(field.column, field.column)
    after = value_words(field.new)
    if new or field.column == "leave":
        return f"{label}: {after}"
    return f"{label}: {value_words(field.old)} → {after}"


def value_words(value: object) -> str:
    """Return a value of an import as people read it."""
    if value is None or value == ():
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return ", ".join(f"{first}..{last}" if first != last else f"{first}" for first, last in sorted(value))
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return format_hours(value)
    if isinstance(value, tuple):
        return " · ".join(value)
    return str(value)


def _labels() -> dict[str, str]:
    return {
        "place": _("team"),
        "name": _("name"),
        "job_role": _("job role"),
        "start_date": _("first day"),
        "time_zone": _("time zone"),
        "locale": _("language"),
        "weekly_budget_minutes": _("weekly minutes"),
        "is_hr": _("HR"),
        "is_author": _("author"),
        "is_admin": _("administrator"),
        "work_hours": _("working hours"),
        "manager_email": _("manager"),
        "substitute_email": _("substitute"),
        "leave": _("more leave"),
    }
