"""What the pages of people share: the blueprint and the guards."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from app import clock
from app.people.access import writes_people
from app.web.guard import allowed

bp = Blueprint("people", __name__, template_folder="templates")
keepers = allowed("HR and administrators", writes_people)
administrators = allowed("administrators", lambda actor: actor.is_admin)
leads = allowed("managers, HR and administrators", lambda actor: actor.is_manager or writes_people(actor))


def own_today() -> date:
    """Return today where the reader is."""
    return clock.now().astimezone(ZoneInfo(g.actor.time_zone)).date()
