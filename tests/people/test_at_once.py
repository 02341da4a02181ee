"""Records written in the same moment."""

from app.db import db
from app.people import service_people
from app.people.models import Department, Team
from tests.support.at_once import twice_at_once


def test_two_people_who_name_the_same_new_team_at_once_get_one(app, org):
    found = twice_at_once(app, lambda: service_people.find_or_make_team("Field service", "North"))
    assert len(found) == 2 and len(set(found)) == 1
    assert db.session.query(Department).filter_by(name="Field service").count() == 1
    assert db.session.query(Team).filter_by(name="North").count() == 1
