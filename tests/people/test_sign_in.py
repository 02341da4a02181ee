from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.db import db, transaction
from app.people import service, service_passwords
from app.people.identity import DemoSignIn
from app.people.models import Person, SignInFailure
from app.people.passwords import hash_password
from app.people.views import offer_demo_sign_ins
from tests.support.client import PageClient

GOOD = "correct horse"
STORED = hash_password(GOOD)


@pytest.fixture
def lena(org):
    with transaction():
        db.session.get_one(Person, org.learner).password_hash = STORED
    return org.learner


def fail(app, email="lena@example.com", times=1, **options):
    client = PageClient(app)
    for _ in range(times):
        answer = client.post("/sign-in", {"email": email, "password": "wrong"}, **options)
    return answer


def test_the_sixth_try_waits_even_with_the_right_password(app, lena):
    assert fail(app, times=5).status == 422
    client = PageClient(app)
    answer = client.post("/sign-in", {"email": "lena@example.com", "password": GOOD})
    assert answer.status == 429
    assert "Try again in 15 minutes" in answer.text
    assert answer.response.headers["Retry-After"] == "900"


def test_the_pause_ends_by_itself(app, lena):
    fail(app, times=5)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1), tick=False):
        answer = PageClient(app).post("/sign-in", {"email": "lena@example.com", "password": GOOD})
    assert answer.status == 303


def test_an_unknown_email_is_answered_in_the_same_words(app, lena):
    known = [fail(app, times=n).text for n in (1, 5)]
    unknown = [fail(app, "nobody@example.com", times=n).text for n in (1, 5)]
    for mine, theirs in zip(known, unknown, strict=True):
        assert ("do not match" in mine) == ("do not match" in theirs)
        assert ("paused" in mine) == ("paused" in theirs)
    assert "paused" in unknown[1]


def test_signing_in_forgets_the_failures_before(app, lena):
    fail(app, times=4)
    client = PageClient(app)
    client.post("/sign-in", {"email": "lena@example.com", "password": GOOD})
    assert db.session.query(SignInFailure).count() == 0
    assert fail(app, times=4).status == 422


def test_one_address_trying_many_accounts_is_paused(app, lena):
    now = clock.now()
    with transaction():
        db.session.add_all(
            SignInFailure(email=f"guess{n}@example.com", address="127.0.0.1", failed_at=now)
            for n in range(50)
        )
    assert fail(app).status == 429
    elsewhere = fail(app, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status == 422


def test_a_new_sign_in_carries_nothing_over_from_before(app, lena):
    client = PageClient(app)
    client.get("/sign-in")
    with client.http.session_transaction() as before:
        before["token"] = "chosen by someone else"
        before["left"] = "over"
    client.post("/sign-in", {"email": "lena@example.com", "password": GOOD})
    with client.http.session_transaction() as after:
        assert after["token"] != "chosen by someone else"
        assert "left" not in after


def test_old_failures_are_swept(app, lena):
    fail(app)
    with transaction():
        service.sweep(clock.now() + timedelta(minutes=29))
    assert db.session.query(SignInFailure).count() == 1
    with transaction():
        service.sweep(clock.now() + timedelta(minutes=31))
    assert db.session.query(SignInFailure).count() == 0


def test_the_demo_offers_its_people_by_one_press(app, lena):
    offered = DemoSignIn("Employee", "Lena Okafor", "lena@example.com", GOOD)
    app.extensions.pop("demo_sign_ins", None)
    offer_demo_sign_ins(app, [offered])
    try:
        client = PageClient(app)
        page = client.get("/sign-in")
        forms = [f for f in page.tree.iter("form") if "Lena" in (f.getparent().text_content() or "")]
        fields = dict(forms[0].form_values())
        assert client.http.post("/sign-in", data=fields).status_code == 303
    finally:
        app.extensions.pop("demo_sign_ins")


def test_a_deactivated_person_cannot_sign_in(app, lena):
    with transaction():
        db.session.get_one(Person, lena).deactivated_at = clock.now()
    assert PageClient(app).post("/sign-in", {"email": "lena@example.com", "password": GOOD}).status == 422


def test_setting_a_password_ends_every_session_but_the_one_named(app, lena):
    now = clock.now()
    with transaction():
        here = service.start_session(lena, now, days=1)
        there = service.start_session(lena, now, days=1)
        service_passwords.set_password(lena, "another good one", now, keep_token=here)
    from app.people.passwords import hash_token
    from app.people.queries import actor_by_token

    assert actor_by_token(hash_token(here), now) is not None
    assert actor_by_token(hash_token(there), now) is None
