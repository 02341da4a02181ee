import io
from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.db import db, transaction
from app.people import queries, service_availability, service_people
from app.people.models import ImportUpload, Leave, Person, Substitute, UserSession
from app.people.views import register_profile_panel

EVERYONE = ("learner", "colleague", "manager", "other", "other_manager", "hr", "author", "admin")


def person(person_id):
    db.session.expire_all()
    return db.session.get_one(Person, person_id)


@pytest.mark.parametrize("kind", EVERYONE)
def test_everyone_signed_in_finds_colleagues(as_, kind):
    page = as_(kind).get("/people?q=lena")
    assert "Lena Okafor" in page.text
    assert "Hiro" not in page.words()
    assert ("lena@example.com" in page.words()) == (kind in {"hr", "admin"})
    assert as_(kind).get("/organisation?department=support").status == 200


@pytest.mark.parametrize(
    ("kind", "whole"),
    [
        ("learner", True),
        ("manager", True),
        ("hr", True),
        ("admin", True),
        ("colleague", False),
        ("other_manager", False),
        ("author", False),
    ],  # fmt: skip
)
def test_the_record_is_for_the_person_their_line_and_hr(as_, org, kind, whole):
    page = as_(kind).get(f"/people/{org.learner}")
    assert page.status == 200
    assert "Lena Okafor" in page.words("h1")
    assert ("lena@example.com" in page.words()) == whole
    availability = as_(kind).get(f"/people/{org.learner}/availability")
    assert availability.status == (200 if whole else 403)


@pytest.mark.parametrize("path", ["/people/new", "/people/{learner}/edit", "/people/{learner}/deactivate", "/people/import"])  # fmt: skip
@pytest.mark.parametrize("kind", EVERYONE)
def test_only_hr_and_administrators_keep_records(as_, org, kind, path):
    address = path.format(learner=org.learner)
    expected = 200 if kind in {"hr", "admin"} else 403
    assert as_(kind).get(address).status == expected


def test_nobody_signed_in_sees_or_changes_anything(as_, org):
    nobody = as_("nobody")
    for path in (
        "",
        "/new",
        "/import",
        f"/{org.learner}",
        f"/{org.learner}/edit",
        f"/{org.learner}/availability",
    ):
        assert nobody.get(f"/people{path}").location.startswith("/sign-in")
    assert nobody.get("/organisation").location.startswith("/sign-in")
    assert nobody.get("/account/substitute").location.startswith("/sign-in")
    for path in ("hours", "leave", "leave/1/remove", "reactivate", "deactivate", "edit"):
        assert nobody.post(f"/people/{org.learner}/{path}").status == 401


def test_hr_adds_a_person_with_a_new_team_who_can_then_be_planned(as_, org):
    client = as_("hr")
    page = client.get("/people/new")
    answer = client.submit(
        page,
        name="محمد  العمراني",
        email="New@Example.com",
        new_department="Customer Success",
        new_team="Renewals",
        job_role="support-agent",
        manager="mara@example.com",
        started_on="2026-06-01",
    )
    assert answer.status == 303
    made = db.session.query(Person).filter_by(email="new@example.com").one()
    assert (made.name, made.manager_id, made.team.department.key) == (
        "محمد العمراني",
        org.manager,
        "customer-success",
    )
    assert len(queries.work_hours_of([made.id])[made.id]) == 5
    assert client.get(answer.location).status == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "otto@example.com"}, "has this e-mail already"),
        ({"email": "nonsense"}, "name@example.com"),
        ({"name": ""}, "Enter a name"),
        ({"manager": "who@example.com"}, "Nobody active"),
        ({"manager": "lena@example.com"}, "circle of managers"),
        ({"manager": "mara@example.com"}, "own manager"),
        ({"weekly_budget_minutes": "9999"}, "0 to 2400"),
        ({"time_zone": "Mars/Base"}, "Not a valid choice"),
        ({"locale": "-1"}, "Not a valid choice"),
        ({"new_team": "Night"}, "department it belongs to"),
    ],
)
def test_an_unfit_record_is_explained_and_nothing_is_saved(as_, org, fields, words):
    client = as_("hr")
    before = person(org.manager).version
    answer = client.submit(client.get(f"/people/{org.manager}/edit"), **fields)
    assert answer.status == 422
    assert words in answer.words()
    assert person(org.manager).version == before


def test_two_who_edit_at_once_do_not_overwrite_each_other(as_, org):
    first, second = as_("hr"), as_("admin")
    mine, theirs = first.get(f"/people/{org.learner}/edit"), second.get(f"/people/{org.learner}/edit")
    assert first.submit(mine, name="Lena One").status == 303
    answer = second.submit(theirs, name="Lena Two")
    assert answer.status == 409
    assert "changed meanwhile" in answer.text
    assert person(org.learner).name == "Lena One"


def test_hr_makes_no_administrators_and_touches_none(as_, org):
    client = as_("hr")
    page = client.get(f"/people/{org.learner}/edit")
    assert "is_admin" not in page.text
    fields = {"version": "1", "name": "X", "email": "lena@example.com", "time_zone": "UTC", "locale": "en"}
    client.post(f"/people/{org.learner}/edit", fields | {"weekly_budget_minutes": "60", "is_admin": "y"})
    assert not person(org.learner).is_admin
    for path in ("edit", "deactivate"):
        assert client.get(f"/people/{org.admin}/{path}").status == 403
        assert client.post(f"/people/{org.admin}/{path}", fields).status == 403


def test_the_last_administrator_keeps_the_office(as_, org):
    client = as_("admin")
    page = client.get(f"/people/{org.admin}/edit")
    answer = client.submit(page, is_admin=[])
    assert answer.status == 422
    assert "last administrator" in answer.text


def test_deactivation_asks_ends_sessions_hands_reports_over_and_can_be_undone(as_, org):
    client, theirs = as_("hr"), as_("manager")
    page = client.get(f"/people/{org.manager}/deactivate")
    assert "signed out now" in page.words()
    assert "2 people report to them" in page.words()
    assert client.submit(page, reports_to="otto@example.com").status == 303
    assert theirs.get("/people").status == 303
    assert person(org.learner).manager_id == org.other_manager
    assert as_("learner").get(f"/people/{org.manager}").status == 404
    shown = client.get(f"/people/{org.manager}")
    assert "Deactivated" in shown.words()
    assert "Mara" in client.get("/people?state=ended").words()
    assert client.submit(shown, "/reactivate").status == 303
    assert person(org.manager).deactivated_at is None
    assert db.session.query(UserSession).filter_by(person_id=org.manager, revoked_at=None).count() == 0


def test_a_report_can_take_over_from_their_manager(app, org):
    with transaction():
        db.session.get_one(Person, org.manager).manager_id = org.hr
    with transaction():
        service_people.deactivate(None, org.manager, 1, clock.now(), reports_to=org.learner)
    assert person(org.learner).manager_id == org.hr
    assert person(org.colleague).manager_id == org.learner


def test_nobody_deactivates_themselves(as_, org):
    assert as_("hr").get(f"/people/{org.hr}/deactivate").status == 409


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("learner", 303),
        ("manager", 303),
        ("hr", 303),
        ("colleague", 403),
        ("other_manager", 403),
        ("author", 403),
    ],
)
def test_hours_and_leave_are_written_by_the_person_their_line_and_hr(as_, org, kind, status):
    client = as_(kind)
    assert client.post(f"/people/{org.learner}/hours", {"hours": "Mon-Thu 8-12"}).status == status
    span = {"from_on": "2026-12-20", "until_on": "2027-01-03"}
    assert client.post(f"/people/{org.learner}/leave", span).status == status
    written = queries.work_hours_of([org.learner])[org.learner]
    assert (len(written) == 4) == (status == 303)
    with transaction():
        leave_id = service_availability.add_leave(org.learner, *map(clock.now().date().fromisoformat, ("2030-01-01", "2030-01-02")))  # fmt: skip
    assert client.post(f"/people/{org.learner}/leave/{leave_id}/remove").status == status


def test_a_leave_of_someone_else_is_not_removed_through_an_own_address(as_, org):
    day = clock.now().date()
    with transaction():
        leave_id = service_availability.add_leave(org.colleague, day, day)
    assert as_("learner").post(f"/people/{org.learner}/leave/{leave_id}/remove").status == 404
    assert db.session.query(Leave).count() == 1


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("hours", {"hours": "whenever"}, "not a day"),
        ("leave", {"from_on": "2026-12-20", "until_on": "2026-12-19"}, "before the first"),
        ("leave", {"from_on": "2026-12-20", "until_on": "2036-12-19"}, "longer than two years"),
        ("leave", {"from_on": "", "until_on": ""}, "Enter the first day"),
    ],
)
def test_unfit_hours_and_leave_are_explained(as_, org, path, fields, words):
    answer = as_("learner").post(f"/people/{org.learner}/{path}", fields)
    assert answer.status == 422
    assert words in answer.words()


def test_leave_that_overlaps_is_refused(as_, org):
    client = as_("learner")
    span = {"from_on": "2026-12-20", "until_on": "2026-12-24"}
    client.post(f"/people/{org.learner}/leave", span)
    answer = client.post(f"/people/{org.learner}/leave", {"from_on": "2026-12-24", "until_on": "2026-12-26"})
    assert answer.status == 422
    assert "20 Dec 2026 to 24 Dec 2026" in answer.words()
    assert db.session.query(Leave).count() == 1


def test_a_substitute_decides_from_the_first_day_on(as_, org):
    client = as_("manager")
    answer = client.submit(client.get("/account/substitute"), substitute="otto@example.com")
    assert answer.status == 303
    assert queries.substituted_by(org.other_manager, clock.now()) == {org.manager}
    assert as_("other_manager").get(f"/people/{org.learner}/availability").status == 200
    assert "Mara" in as_("other_manager").get("/account/substitute").words()
    row = db.session.query(Substitute).one()
    as_("other_manager").post(f"/account/substitute/{row.id}/end")
    assert db.session.query(Substitute).count() == 1
    client.post(f"/account/substitute/{row.id}/end")
    db.session.expire_all()
    assert queries.substituted_by(org.other_manager, clock.now()) == frozenset()


def test_nobody_is_their_own_substitute_and_employees_name_none(as_, org):
    client = as_("manager")
    page = client.get("/account/substitute")
    assert client.submit(page, substitute="mara@example.com").status == 422
    assert as_("learner").get("/account/substitute").status == 403


def test_other_domains_add_panels_to_a_profile(app, org, as_):
    register_profile_panel(
        app,
        10,
        "people/_leads.html",
        lambda actor, card: None,
        lambda actor, card: card.person_id == org.learner,
    )
    try:
        # the partial stands in for a panel of another domain
        with app.app_context():
            assert 'id="leads"' in as_("hr").get(f"/people/{org.learner}").text
            assert 'id="leads"' not in as_("hr").get(f"/people/{org.colleague}").text
    finally:
        app.extensions.pop("profile_panels")


def test_the_directory_pages_through_many_and_asks_few_questions(app, org, as_):
    with transaction():
        db.session.add_all(
            Person(name=f"Zed {n:03}", email=f"zed{n}@example.com", created_at=clock.now())
            for n in range(120)
        )
    client = as_("hr")
    page = client.get("/people?q=zed&page=3")
    assert "Page 3 of 3" in page.words()
    assert "Zed 119" in page.words()
    assert client.get("/people?page=99").status == 404


def upload(client, content, name="people.csv"):
    file = (io.BytesIO(content.encode()), name)
    return client.post("/people/import", {"file": file}, content_type="multipart/form-data")


def test_an_upload_is_previewed_with_its_errors_then_confirmed(as_, org):
    client = as_("hr")
    text = (
        "email,name,manager,department,team\n"
        "new@example.com,=New,Mara Lindqvist,Support,Support Oslo\nbad@example.com,Bad,Nobody,,\n"
        "lena@example.com,,,Sales,Sales team\n"
    )
    answer = upload(client, text)
    assert answer.status == 303
    page = client.get(answer.location)
    assert "nobody’s name" in page.words()
    assert "team: Support · Support Oslo" in page.words()
    assert "→ Sales · Sales team" in page.words()
    assert db.session.query(Person).filter_by(email="new@example.com").count() == 0
    assert client.submit(page).status == 303
    made = db.session.query(Person).filter_by(email="new@example.com").one()
    assert (made.name, made.manager_id) == ("=New", org.manager)
    assert db.session.query(ImportUpload).count() == 0


def test_a_preview_that_is_out_of_date_is_shown_anew(as_, org):
    client = as_("hr")
    address = upload(client, "email,name\nlena@example.com,Lena Two\n").location
    page = client.get(address)
    with transaction():
        db.session.get_one(Person, org.learner).name = "Lena Two"
    token = page.tree.xpath("//input[@name='fingerprint']/@value")[0]
    answer = client.post(address, {"fingerprint": token})
    assert answer.status == 409
    assert "People changed since you looked" in answer.words()


def test_an_upload_is_its_owners_alone_and_can_be_discarded(as_, org):
    address = upload(as_("hr"), "email,name\nnew@example.com,New\n").location
    assert as_("admin").get(address).status == 404
    assert as_("admin").post(address).status == 404
    assert as_("learner").get(address).status == 403
    assert as_("hr").post(f"{address}/discard").status == 303
    assert as_("hr").get(address).status == 404


@pytest.mark.parametrize("content", ["", "name\nLena\n", "email,email\n"])
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(as_, content):
    answer = upload(as_("hr"), content)
    assert answer.status == 422
    assert "field-error" in answer.text


def test_a_substitution_follows_the_days_of_the_one_who_is_away(app, org):
    at = datetime(2026, 6, 3, 23, 0, tzinfo=UTC)
    with transaction():
        db.session.get_one(Person, org.manager).time_zone = "Asia/Tokyo"
        service_availability.set_substitute(
            org.manager, org.other_manager, date(2026, 6, 4), date(2026, 6, 4)
        )
    assert queries.substituted_by(org.other_manager, at) == {org.manager}
    assert queries.substituted_by(org.other_manager, at - timedelta(hours=9)) == frozenset()
    assert queries.substituted_by(org.other_manager, at + timedelta(hours=17)) == frozenset()


def test_an_administrator_signs_a_person_out_everywhere(org, as_):
    path = f"/people/{org.learner}"
    browsers, bystander, admin = [as_("learner"), as_("learner")], as_("colleague"), as_("admin")
    assert "Sign out everywhere" not in as_("hr").get(path).words("main")
    assert "Sign out everywhere" in admin.get(path).words("main")
    assert admin.submit(admin.get(path), action=f"{path}/sign-out").status == 303
    assert [each.get("/my/matrix").status for each in (*browsers, bystander)] == [303, 303, 200]
    assert admin.get(path).status == 200
    assert as_("hr").post(f"{path}/sign-out").status == 403
