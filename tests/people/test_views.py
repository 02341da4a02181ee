from app import clock
from app.db import db, transaction
from app.people import service
from app.people.models import Person
from app.people.passwords import hash_password
from tests.support.client import PageClient


def give_password(person_id: int, password: str) -> None:
    with transaction():
        db.session.get_one(Person, person_id).password_hash = hash_password(password)


def test_sign_in_leads_to_the_page_that_was_asked_for(app, org):
    give_password(org.learner, "correct horse")
    client = PageClient(app)
    page = client.get("/sign-in?next=/readyz")
    answer = client.submit(page, email=" LENA@example.com ", password="correct horse")
    assert (answer.status, answer.location) == (303, "/readyz")


def test_wrong_password_is_said_and_nobody_is_signed_in(app, org):
    give_password(org.learner, "correct horse")
    client = PageClient(app)
    answer = client.submit(client.get("/sign-in"), email="lena@example.com", password="wrong")
    assert answer.status == 422
    assert "do not match" in answer.text


def test_sign_in_never_leads_to_another_site(app, org):
    give_password(org.learner, "correct horse")
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        client = PageClient(app)
        page = client.get("/sign-in", query_string={"next": target})
        answer = client.submit(page, email="lena@example.com", password="correct horse")
        assert answer.location == "/"


def test_signing_out_everywhere_ends_every_session(app, org, as_):
    client = as_("learner")
    assert client.get("/sign-in").status == 303
    with transaction():
        service.sign_out_everywhere(org.learner, clock.now())
    assert client.get("/sign-in").status == 200
