import pytest
import time_machine

from app import jobs as scheduled
from app.db import db, transaction
from app.people import service_people
from app.people.models import Person, Substitute
from app.scheduling import access_pairings, service
from app.scheduling.queries_facts import load_pairing
from tests.scheduling.support import ready
from tests.support.factories import NOW

NEW = "/sessions/new?competency=spot-lead&mode=observe&minutes=60&week=2026-06-01"


@pytest.fixture(autouse=True)
def _at_now(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


def wish(client, **fields):
    return client.submit(client.get("/pairings"), action="/pairings", **fields)


def set_rule(org, kind, by, learner, host):
    with transaction():
        return service.set_pairing(
            org.actor(by), kind, getattr(org, learner), getattr(org, host), NOW, reason="An old quarrel"
        )


def knows(org, kind):
    return bool(access_pairings.list_pairings(org.actor(kind)))


def test_somebody_rather_not_paired_is_shown_to_everybody_as_not_available(org, as_):
    assert wish(as_("learner"), other="Hiro 田中").status == 303
    assert "You and Hiro 田中" in as_("learner").get("/pairings").words("#bans")
    assert "Hiro 田中 Not available." in as_("manager").get(f"{NEW}&learner={org.learner}").words()
    for other in ("host", "manager", "other_manager", "colleague", "hr", "admin"):
        assert "Nothing is set." in as_(other).get("/pairings").words("#bans")


def test_a_manager_pins_somebody_of_the_line_and_both_read_it(org, as_):
    sent = wish(as_("manager"), kind="pin", learner=str(org.learner), other="olga@example.com")
    assert sent.status == 303
    assert "Lena Okafor with Olga Petrova" in as_("manager").get("/pairings").words("#pins")
    assert "You with Olga Petrova" in as_("learner").get("/pairings").words("#pins")
    assert "Lena Okafor with you" in as_("other").get("/pairings").words("#pins")
    assert "A manager has chosen another host" in as_("learner").get(NEW).words()


@pytest.mark.parametrize(
    ("rule", "who_knows", "who_ends"),
    [
        (("ban", "learner"), {"learner"}, {"learner"}),
        (("ban", "host"), {"host"}, {"host"}),
        (("ban", "manager"), {"manager", "other_manager"}, {"manager", "other_manager"}),
        (("pin", "manager"), {"learner", "host", "manager", "other_manager"}, {"manager"}),
        (("pin", "learner"), {"learner", "host", "manager", "other_manager"}, {"learner", "manager"}),
    ],
)
def test_who_knows_of_a_wish_and_who_ends_it(org, as_, rule, who_knows, who_ends):
    everybody = ("learner", "host", "manager", "other_manager", "colleague", "other", "hr", "author", "admin")
    rule_id = set_rule(org, *rule, "learner", "host")
    assert {each for each in everybody if knows(org, each)} == who_knows
    ended = set()
    for each in everybody:
        if as_(each).post(f"/pairings/{rule_id}/end").status == 303:
            ended.add(each)
    assert ended == who_ends
    assert load_pairing(org.learner, None).banned == frozenset()


def test_a_substitute_stands_in_for_the_manager(org):
    set_rule(org, "ban", "manager", "learner", "host")
    assert not knows(org, "colleague")
    with transaction():
        db.session.add(
            Substitute(person_id=org.manager, substitute_id=org.colleague, from_on=NOW.date(), until_on=None)
        )
    assert knows(org, "colleague")


def test_nobody_sets_a_wish_for_people_outside_the_line(org, as_):
    token = {"kind": "ban", "other": "olga@example.com"}
    assert as_("manager").post("/pairings", {**token, "learner": org.host}).status == 404
    assert as_("learner").post("/pairings", {**token, "learner": org.colleague}).status == 404
    assert as_("hr").post("/pairings", {**token, "learner": org.learner}).status == 404
    assert as_("nobody").get("/pairings").status == 303


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("", "Enter the colleague’s name"),
        ("Nobody Atall", "Nobody active fits"),
        ("example.com", "Several people fit"),
        ("Lena Okafor", "Enter somebody else."),
    ],
)
def test_a_colleague_that_is_not_found_is_explained(org, as_, other, said):
    page = wish(as_("learner"), other=other)
    assert page.status == 422
    assert said in page.words()


def test_the_same_wish_twice_is_kept_once_and_an_ended_one_can_return(org, as_):
    first = set_rule(org, "ban", "learner", "learner", "host")
    assert set_rule(org, "ban", "learner", "learner", "host") == first
    assert as_("learner").post(f"/pairings/{first}/end").status == 303
    assert set_rule(org, "ban", "learner", "learner", "host") != first
    assert load_pairing(org.host, None).banned == {org.learner}


def test_a_pin_to_a_host_who_left_ends(org):
    set_rule(org, "pin", "manager", "learner", "host")
    with transaction():
        version = db.session.get_one(Person, org.host).version
        service_people.deactivate(None, org.host, version, NOW)
    scheduled.run_due(NOW)
    db.session.rollback()
    assert load_pairing(org.learner, None).pinned == frozenset()
