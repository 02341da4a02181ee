from app.db import transaction
from app.people import queries
from tests.support.factories import make_person


def test_a_person_without_a_team_has_a_card(org):
    with transaction():
        person_id = make_person("Nobody's", team_id=None).id
    card = queries.find_card(person_id)
    assert card is not None
    assert (card.team_id, card.department_key) == (None, None)
    assert person_id in {each.person_id for each in queries.list_active()}
