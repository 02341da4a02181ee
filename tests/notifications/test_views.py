from datetime import timedelta

from app.db import transaction
from app.notifications import queries, service
from app.notifications.kinds import NoticeKind
from tests.support.factories import NOW


def tell(person_id: int) -> int:
    with transaction():
        return service.enqueue(
            person_id, NoticeKind.LEVEL, "A level changed", "De-escalation is now 2.", NOW, link="/inbox"
        )


def test_the_inbox_shows_own_notices_only(org, as_):
    tell(org.learner)
    assert "A level changed" in as_("learner").get("/inbox").words()
    assert "A level changed" not in as_("colleague").get("/inbox").words()


def test_opening_a_notice_marks_it_read(org, as_):
    notice_id = tell(org.learner)
    learner = as_("learner")
    page = learner.get("/inbox")
    assert learner.submit(page, action=f"/{notice_id}/open").location == "/inbox"
    assert queries.unread_count(org.learner) == 0


def test_nobody_can_open_another_persons_notice(org, as_):
    notice_id = tell(org.learner)
    assert as_("colleague").post(f"/inbox/{notice_id}/open").status == 404
    assert queries.unread_count(org.learner) == 1


def test_demo_mail_shows_what_was_sent(org, as_):
    tell(org.learner)
    assert "De-escalation is now 2." in as_("nobody").get("/-/mail").text


def test_marking_all_as_read_spares_what_came_after_the_page_was_opened(org, as_, app):
    tell(org.learner)
    learner = as_("learner")
    page = learner.get("/inbox")
    with transaction():
        service.enqueue(org.learner, NoticeKind.LEVEL, "Just now", "…", NOW + timedelta(seconds=1))
    learner.submit(page, action="/inbox/read")
    assert [each.subject for each in queries.inbox(org.learner) if not each.is_read] == ["Just now"]


def test_a_time_that_is_none_marks_what_there_is(org, as_):
    tell(org.learner)
    assert as_("learner").post("/inbox/read", {"until": "yesterday"}).location == "/inbox"
    assert queries.unread_count(org.learner) == 0
