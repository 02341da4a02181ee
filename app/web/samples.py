"""Invented values that let the components page show every component with every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from app.web.forms import Form

PEOPLE = (
    ("Amina Ito", "Support Agent"),
    ("José Ángel Fernández-Villaverde y Montoro", "Account Executive"),
    ("فاطمة الزهراء", "Support Agent"),
    ("田中 陽葵", "Sales Development Representative"),
    ("Bo", "Support Team Lead"),
    ("Cem Yıldız", "Account Executive"),
)
COMPETENCIES = (
    ("Spot an upsell lead", "to sales"),
    ("Basic pitch", "to sales"),
    ("Proper handoff", "to sales"),
    ("Helpdesk basics", "to support"),
    ("De-escalation", "to support"),
    ("Common complaints", "to support"),
    ("Negotiation", "shared"),
    ("Product knowledge", "shared"),
)
ON_DUTY = (3, 4, 6, 6, 7, 7, 6, 4, 4, 6, 7, 7, 6, 6, 5, 4)
SLOTS = tuple(
    (f"{8 + i // 2:02d}:{i % 2 * 30:02d}", n, 5 if 2 <= i <= 13 else 3) for i, n in enumerate(ON_DUTY)
)
SLOTS_BEFORE = tuple(
    (label, on + (1 if 5 < i < 9 else 0), floor) for i, (label, on, floor) in enumerate(SLOTS)
)


class SampleForm(Form):
    """One field of each kind."""

    title = StringField(_l("What is it about"), [InputRequired(_l("Say what it is about."))])
    minutes = IntegerField(
        _l("Minutes"),
        [
            InputRequired(_l("Say how many minutes.")),
            NumberRange(5, 120, _l("Choose between 5 and 120 minutes.")),
        ],
        default=60,
    )
    on = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    host = SelectField(
        _l("Host"),
        choices=[
            SelectChoice("", _l("Choose a host")),
            SelectChoice("1", "Amina Ito"),
            SelectChoice("2", "田中 陽葵"),
        ],
    )
    mode = RadioField(
        _l("How"),
        choices=[
            SelectChoice("observe", _l("Observe")),
            SelectChoice("assist", _l("Assist")),
            SelectChoice("lead", _l("Lead, the host watches")),
        ],
        validators=[InputRequired(_l("Choose how."))],
    )
    notes = TextAreaField(_l("Notes for the host"), description=_l("What would you like to see?"))
    agree = BooleanField(_l("Tell both managers"))


def levels() -> list[list[dict[str, Any]]]:
    """Return one row of levels per person that goes through every state."""
    rows = []
    for i in range(len(PEOPLE)):
        cells: list[dict[str, Any]] = []
        for j in range(len(COMPETENCIES)):
            mixed = (i * 3 + j * 2) % 7
            cells.append(
                {
                    "level": None if mixed == 6 else min(mixed, 4),
                    "target": (2, 3, 1)[j % 3],
                    "lapsing": mixed == 3,
                    "fading": mixed == 2,
                }
            )
        rows.append(cells)
    return rows


def week(now: datetime) -> list[dict[str, Any]]:
    """Return five days with events of every kind, two of them at the same time."""
    monday = now - timedelta(days=now.weekday())
    kinds = (
        (0, 600, 60, "shadowing", "Shadow Amina Ito", "Invited"),
        (0, 630, 90, "busy", "Busy", None),
        (0, 840, 30, "workshop", "Objection clinic", None),
        (1, 540, 480, "rotation", "Rotation in sales, day 2", None),
        (2, 570, 60, "proposed", "Proposed: shadow 田中 陽葵", "Waits for your manager"),
        (2, 780, 60, "roleplay", "Role-play: the angry renewal", None),
        (3, 480, 600, "leave", "On leave", None),
    )
    return [
        {
            "title": (monday + timedelta(days=n)).strftime("%a %-d %b"),
            "today": n == now.weekday(),
            "events": [
                {
                    "start": start,
                    "minutes": length,
                    "kind": kind,
                    "title": title,
                    "state": state,
                    "href": "#week",
                }
                for day, start, length, kind, title, state in kinds
                if day == n
            ],
        }
        for n in range(5)
    ]
