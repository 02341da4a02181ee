from datetime import timedelta

import pytest

from app.db import db, transaction
from app.jobs import run_due
from app.notifications import jobs, queries, service
from app.notifications.kinds import NoticeKind
from app.notifications.models import Notice
from app.people.models import Person
from tests.support.at_once import twice_at_once
from tests.support.factories import NOW


def tell(person_id: int, **options) -> int:
    with transaction():
        return service.enqueue(
            person_id, NoticeKind.SESSION, "Shadowing on Tuesday", "Hiro invites you.", NOW, **options
        )


def deliver(now, send=None) -> int:
    db.session.rollback()
    return jobs.deliver_due(now, send)


def test_a_notice_is_in_the_inbox_and_mailed_once(app, org):
    tell(org.learner, link="/inbox")
    letters = []
    assert deliver(NOW, letters.append) == 1
    assert deliver(NOW + timedelta(hours=1), letters.append) == 0
    assert letters[0]["To"] == "Lena Okafor <lena@example.com>"
    assert letters[0].get_content().endswith("/inbox\n")
    assert [item.subject for item in queries.inbox(org.learner)] == ["Shadowing on Tuesday"]


def test_telling_twice_with_one_key_tells_once(app, org):
    assert tell(org.learner, dedupe_key="a") == tell(org.learner, dedupe_key="a")
    assert len(queries.inbox(org.learner)) == 1


def test_a_failed_letter_is_tried_again_later_with_the_same_message_id(app, org):
    tell(org.learner)
    seen = []

    def refuse(message):
        seen.append(message["Message-ID"])
        raise OSError("connection refused")

    for minutes in (0, 2, 20):
        deliver(NOW + timedelta(minutes=minutes), refuse)
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert db.session.query(Notice).one().failure == "connection refused"


def test_an_address_that_mail_cannot_carry_holds_up_nobody_else(app, org):
    with transaction():
        db.session.get_one(Person, org.learner).email = "lenä@example.com"
    tell(org.learner)
    tell(org.host)
    letters = []
    assert deliver(NOW, letters.append) == 1
    assert [each["To"] for each in letters] == ["Hiro 田中 <hiro@example.com>"]
    held = db.session.query(Notice).filter_by(person_id=org.learner).one()
    assert (held.mail_state, held.tries) == ("pending", 1)


def test_a_domain_with_other_letters_is_written_as_mail_needs_it(app, org):
    with transaction():
        db.session.get_one(Person, org.learner).email = "lena@exämple.com"
    tell(org.learner)
    letters = []
    assert deliver(NOW, letters.append) == 1
    assert letters[0]["To"] == "Lena Okafor <lena@xn--exmple-cua.com>"


def test_a_letter_is_given_up_after_six_tries(app, org):
    tell(org.learner)

    def refuse(message):
        raise OSError("no")

    for days in range(10):
        deliver(NOW + timedelta(days=days * 2), refuse)
    notice = db.session.query(Notice).one()
    assert (notice.mail_state, notice.tries) == ("failed", 6)


def test_a_letter_whose_sender_died_is_taken_again_after_ten_minutes(app, org):
    notice_id = tell(org.learner)
    with transaction():
        assert service.claim_next(NOW) == notice_id
    with transaction():
        assert service.claim_next(NOW + timedelta(minutes=9)) is None
    with transaction():
        assert service.claim_next(NOW + timedelta(minutes=11)) == notice_id


def test_muting_stops_the_mail_and_keeps_the_inbox(app, org):
    with transaction():
        service.set_muted(org.learner, NoticeKind.SESSION, True, NOW)
    tell(org.learner)
    assert deliver(NOW) == 0
    assert len(queries.inbox(org.learner)) == 1


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: all@example.com", "Two\nlines"])
def test_a_subject_cannot_add_headers(app, org, subject):
    with transaction():
        service.enqueue(org.learner, NoticeKind.LEVEL, subject, "Body", NOW)
    letters = []
    deliver(NOW, letters.append)
    assert letters[0]["Bcc"] is None
    assert "\n" not in letters[0]["Subject"]


def links():
    db.session.rollback()
    return [notice.link for notice in db.session.query(Notice).order_by(Notice.id)]


def test_the_secret_address_of_a_letter_is_forgotten_once_it_left(app, org):
    tell(org.learner, link="/reset/secret", inbox=False)
    tell(org.learner, link="/sessions/1")
    letters = []
    deliver(NOW, letters.append)
    assert "/reset/secret" in letters[0].get_content()
    assert links() == ["", "/sessions/1"]


def test_the_demo_reads_the_secret_address_for_an_hour(app, org):
    tell(org.learner, link="/reset/secret", inbox=False)
    deliver(NOW)
    assert links() == ["/reset/secret"]
    for minutes, kept in ((55, "/reset/secret"), (70, "")):
        run_due(NOW + timedelta(minutes=minutes))
        assert links() == [kept]


def test_a_letter_that_could_not_be_sent_keeps_its_address_for_the_next_try_only(app, org):
    tell(org.learner, link="/reset/secret", inbox=False)

    def refuse(message):
        raise OSError("no")

    deliver(NOW, refuse)
    with transaction():
        service.forget_links(NOW + timedelta(hours=3))
    assert links() == ["/reset/secret"]
    for days in range(1, 12):
        deliver(NOW + timedelta(days=days), refuse)
    with transaction():
        service.forget_links(NOW + timedelta(days=20))
    assert links() == [""]


def test_preferences_saved_twice_at_once_are_kept(app, org):
    def mute():
        service.set_muted(org.learner, NoticeKind.SESSION, True, NOW)

    assert twice_at_once(app, mute) == [None, None]
    assert queries.muted_kinds(org.learner) == {NoticeKind.SESSION}
