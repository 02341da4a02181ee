from datetime import UTC, datetime

import pytest

from app.competency import service_notices
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people.models import Person
from tests.competency.support import load
from tests.support.factories import NOW


@pytest.mark.parametrize(
    ("zone", "locale", "day"),
    [
        ("Europe/Berlin", "en", "2 Jul 2026"),
        ("Europe/Berlin", "de", "2 Juli 2026"),
        ("America/New_York", "en", "1 Jul 2026"),
        ("UTC", "fr", "1 juil. 2026"),
    ],
)
def test_a_notice_names_the_day_in_zone_and_language_of_whoever_is_told(org, zone, locale, day):
    load()
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with transaction():
        person = db.session.get_one(Person, org.learner)
        person.time_zone, person.locale = zone, locale
    with transaction():
        service_notices.level_lapsing(org.learner, "spot-lead", 2, late, NOW)
    assert inbox(org.learner)[0].subject == f"Spot a lead at level 2 lapses on {day}"
