from datetime import UTC, datetime

import pytest

from app.competency import service_notices
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people.models import Person
from tests.competency.support import load
from tests.support.factories import NOW


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", "July 2, 2026"), ("America/New_York", "July 1, 2026"), ("UTC", "July 1, 2026")],
)
def test_a_notice_names_the_day_in_the_zone_of_whoever_is_told(org, zone, day):
    load()
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with transaction():
        db.session.get_one(Person, org.learner).time_zone = zone
    with transaction():
        service_notices.level_lapsing(org.learner, "spot-lead", 2, late, NOW)
    assert inbox(org.learner)[0].subject == f"Spot a lead at level 2 lapses on {day}"
