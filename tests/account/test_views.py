from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.account import service as account
from app.account.views_kinds import OFFERED
from app.db import db, transaction
from app.notifications import queries as notices
from app.notifications.jobs import deliver_due
from app.notifications.kinds import ALWAYS_MAILED, NoticeKind
from app.people import queries, service, service_passwords
from app.people.models import PasswordReset, Person
from app.people.passwords import hash_password, hash_token
from tests.support.client import PageClient

GOOD = "correct horse"
STORED = hash_password(GOOD)


@pytest.fixture
def lena(org):
    with transaction():
        db.session.get_one(Person, org.learner).password_hash = STORED
    return org.learner


def mailed_link(person_id: int) -> str:
    letters = [letter for letter, _state in notices.outbox()]
    return letters[0].link if letters else ""


def ask(app, email: str):
    client = PageClient(app)
    return client.submit(client.get("/reset-password"), email=email)


def change_email(as_, person_id: int, email: str):
    hr = as_("hr")
    path = f"/people/{person_id}/edit"
    return hr.submit(hr.get(path), email=email)


def test_the_former_address_is_told_of_another_e_mail(app, lena, as_, org):
    ask(app, "lena@example.com")
    link = mailed_link(lena)
    change_email(as_, lena, "lena@elsewhere.example")
    change_email(as_, lena, "lena@elsewhere.example")
    sent: list = []
    now = clock.now()
    for later in (0, 1):
        db.session.rollback()
        with transaction():
            account.tell_email_changes(now + timedelta(minutes=later))
    db.session.rollback()
    deliver_due(now + timedelta(minutes=2), sent.append)
    told = [each for each in sent if "changed" in each["Subject"]]
    assert [each["To"] for each in told] == ["Lena Okafor <lena@example.com>"]
    assert "from lena@example.com to lena@elsewhere.example" in " ".join(told[0].get_content().split())
    assert "was changed" in notices.inbox(lena)[0].subject
    assert PageClient(app).get(link).status == 404
    assert "lena@example.com, changed by" in as_("hr").get(f"/people/{lena}").words()
    assert "changed by" not in as_("colleague").get(f"/people/{lena}").words()


def test_another_name_alone_tells_nobody(lena, as_):
    change_email(as_, lena, " Lena@example.com ")
    with transaction():
        assert account.tell_email_changes(clock.now()) == 0


def sign_in(app, password: str) -> int:
    return PageClient(app).post("/sign-in", {"email": "lena@example.com", "password": password}).status


def test_a_mailed_link_sets_the_password_once_and_ends_every_session(app, lena, as_):
    inside = as_("learner")
    ask(app, " Lena@example.com ")
    link = mailed_link(lena)
    client = PageClient(app)
    answer = client.submit(client.get(link), password="a new long one", again="a new long one")
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert sign_in(app, "a new long one") == 303
    assert sign_in(app, GOOD) == 422
    assert inside.get("/account").status == 303
    assert client.get(link).status == 404


def test_the_token_itself_is_not_stored_with_the_account(app, lena):
    ask(app, "lena@example.com")
    stored = db.session.query(PasswordReset).one()
    token = mailed_link(lena).rpartition("/")[2]
    assert token not in stored.token_hash
    assert stored.token_hash == hash_token(token)


def test_the_answer_does_not_tell_whether_an_account_exists(app, lena):
    known, unknown = ask(app, "lena@example.com"), ask(app, "nobody@example.com")
    assert known.text.replace("lena@", "x@") == unknown.text.replace("nobody@", "x@")
    assert len(notices.outbox()) == 1


def test_a_link_dies_after_an_hour(app, lena):
    ask(app, "lena@example.com")
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        answer = PageClient(app).get(mailed_link(lena))
    assert answer.status == 404
    assert "no longer works" in answer.text


def test_using_one_link_kills_the_others(app, lena):
    ask(app, "lena@example.com")
    first = mailed_link(lena)
    ask(app, "lena@example.com")
    second = mailed_link(lena)
    client = PageClient(app)
    client.submit(client.get(second), password="a new long one", again="a new long one")
    assert PageClient(app).get(first).status == 404


def test_at_most_three_letters_an_hour(app, lena):
    for _ in range(5):
        ask(app, "lena@example.com")
    assert len(notices.outbox()) == 3


def test_deactivated_people_get_no_link_and_old_ones_die(app, lena):
    ask(app, "lena@example.com")
    link = mailed_link(lena)
    with transaction():
        db.session.get_one(Person, lena).deactivated_at = clock.now()
    assert PageClient(app).get(link).status == 404
    with transaction():
        assert service_passwords.request_reset("lena@example.com", clock.now()) is None


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 10 characters"),
        ("lena@example.com", "lena@example.com", "other than your e-mail"),
        ("a new long one", "another long one", "do not match"),
    ],
)
def test_an_unfit_password_is_explained_and_the_link_still_works(app, lena, password, again, words):
    ask(app, "lena@example.com")
    client = PageClient(app)
    page = client.get(mailed_link(lena))
    answer = client.submit(page, password=password, again=again)
    assert answer.status == 422
    assert words in answer.text
    assert client.get(mailed_link(lena)).status == 200


def test_a_forgotten_password_lifts_the_pause(app, lena):
    for _ in range(6):
        sign_in(app, "wrong")
    ask(app, "lena@example.com")
    client = PageClient(app)
    client.submit(client.get(mailed_link(lena)), password="a new long one", again="a new long one")
    assert sign_in(app, "a new long one") == 303


def test_changing_the_password_needs_the_current_one_and_keeps_this_browser(app, lena, as_):
    here, there = as_("learner"), as_("learner")
    wrong = here.submit(
        here.get("/account"),
        "/account/password",
        current="wrong",
        password="a new long one",
        again="a new long one",
    )
    assert wrong.status == 422
    assert "not your current password" in wrong.text
    right = here.submit(
        here.get("/account"),
        "/account/password",
        current=GOOD,
        password="a new long one",
        again="a new long one",
    )
    assert right.status == 303
    assert here.get("/account").status == 200
    assert there.get("/account").status == 303


def test_guessing_the_current_password_pauses_too(app, lena, as_):
    client = as_("learner")
    for _ in range(6):
        answer = client.post(
            "/account/password", {"current": "wrong", "password": "a new long one", "again": "a new long one"}
        )
    assert answer.status == 429


def test_sessions_are_listed_and_end_one_by_one_or_all(app, lena, as_):
    here, there = as_("learner"), as_("learner")
    page = here.get("/account")
    assert "This browser" in page.text
    ends = [f.get("action") for f in page.tree.iter("form") if (f.get("action") or "").endswith("/end")]
    one = next(address for address in ends if address != "/account/sessions/end")
    here.submit(page, one)
    assert there.get("/account").status == 303
    here.submit(here.get("/account"), "/account/sessions/end")
    assert here.get("/account").status == 303


def test_nobody_ends_the_session_of_another(app, lena, org, as_):
    with transaction():
        token = service.start_session(org.colleague, clock.now(), days=1)
    from app.people.models import UserSession

    theirs = db.session.query(UserSession).filter_by(person_id=org.colleague).one().id
    as_("learner").post(f"/account/sessions/{theirs}/end")
    assert queries.actor_by_token(hash_token(token), clock.now()) is not None


def test_the_profile_is_saved_in_place(app, lena, as_):
    client = as_("learner")
    client.submit(
        client.get("/account"),
        "/account/profile",
        name="  Lena  Ōkafor ",
        time_zone="Asia/Tokyo",
        locale="en_GB",
    )
    db.session.expire_all()
    person = db.session.get_one(Person, lena)
    assert (person.name, person.time_zone, person.locale) == ("Lena Ōkafor", "Asia/Tokyo", "en_GB")
    for wrong in ({"name": ""}, {"time_zone": "Mars/Base"}, {"time_zone": ""}, {"locale": "-1"}):
        sent = {"name": "Lena", "time_zone": "Asia/Tokyo", "locale": "en"} | wrong
        assert client.post("/account/profile", sent).status == 422
    assert client.get("/account").status == 200


def test_kinds_of_mail_can_be_turned_off_and_on(app, lena, as_):
    client = as_("learner")
    client.submit(client.get("/account"), "/account/mail", mail=["level"])
    muted = notices.muted_kinds(lena)
    assert "lapsing" in muted
    assert "level" not in muted
    client.submit(client.get("/account"), "/account/mail", mail=["level", "lapsing"])
    assert "lapsing" not in notices.muted_kinds(lena)


def test_every_kind_of_notice_can_be_kept_out_of_the_mail_but_the_account_s_own(app, lena, as_):
    assert set(OFFERED) == set(NoticeKind) - ALWAYS_MAILED
    page = as_("learner").get("/account")
    for words in OFFERED.values():
        assert str(words) in page.words()


def test_nobody_signed_in_has_no_account_page(app, org, as_):
    nobody = as_("nobody")
    assert nobody.get("/account").location.startswith("/sign-in")
    for path in ("profile", "password", "mail", "sessions/1/end", "sessions/end"):
        assert nobody.post(f"/account/{path}").status == 401


@pytest.mark.parametrize("name", ["   ", "\u200b", "\u202e"])
def test_nobody_becomes_nameless(org, as_, name):
    client = as_("learner")
    page = client.submit(client.get("/account"), action="/account/profile", name=name)
    assert page.status == 422
    assert "Enter your name." in page.words()
    assert queries.find_card(org.learner).name == "Lena Okafor"
