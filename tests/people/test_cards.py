from datetime import date

from app.db import db, transaction
from app.people import queries, service_availability
from app.people.models import Person
from tests.support.factories import make_person


def test_a_person_without_a_team_has_a_card(org):
    with transaction():
        person_id = make_person("Nobody's", team_id=None).id
    card = queries.find_card(person_id)
    assert card is not None
    assert (card.team_id, card.department_key) == (None, None)
    assert person_id in {each.person_id for each in queries.list_active()}


def test_the_workers_of_a_department_are_its_active_people_with_their_hours_and_leave(org):
    first, last = date(2026, 8, 3), date(2026, 8, 7)
    with transaction():
        service_availability.add_leave(org.learner, first, last)
        service_availability.set_work_hours(org.learner, [(4, 780, 1020), (0, 540, 720), (0, 720, 1020)])
        service_availability.set_work_hours(org.colleague, [])
    active = [card.person_id for card in queries.list_active(department_key="support")]
    hours, zones = queries.work_hours_of(active), queries.cards(active)
    for until, leave in ((first, {org.learner: ((first, last),)}), (date(2026, 8, 2), {})):
        assert queries.leave_in("support", date(2026, 8, 1), until) == leave
    one_by_one = queries.workers_of("support", range(7), active)
    assert sorted(one_by_one) == [
        (each, zones[each].time_zone, tuple(hours[each]), 1) for each in sorted(active)
    ]
    together = queries.workers_of("support", [4], [org.learner])
    others = set(active) - {org.learner, org.colleague}
    assert sorted(together) == [
        (0, "Europe/Berlin", (), 1),
        (0, "Europe/Berlin", ((4, 540, 1020),), len(others)),
        (org.learner, "Europe/Berlin", ((4, 780, 1020),), 1),
    ]
    assert queries.zones_in("support") == ["Europe/Berlin"]
    assert hours[org.learner] == [(0, 540, 720), (0, 720, 1020), (4, 780, 1020)]
    assert hours[org.colleague] == []


def test_columns_are_read_with_what_this_transaction_has_changed(org):
    with transaction():
        db.session.get_one(Person, org.learner).name = "Somebody else"
        assert queries.cards([org.learner])[org.learner].name == "Somebody else"
