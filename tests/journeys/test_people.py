"""The pages of people and accounts in a real browser: every kind of page, three widths, both themes."""

from __future__ import annotations

import io

import pytest

from app import clock
from app.db import db, transaction
from app.people import service_availability
from app.people.identity import DemoSignIn
from app.people.models import Person
from app.people.passwords import hash_password
from app.people.service_import import keep_upload
from app.people.views import offer_demo_sign_ins

pytestmark = pytest.mark.journey
CSV = (
    "email,name,department,team,manager,work_hours\n"
    "new@example.com,Αθηνά Παπαδοπούλου-Κωνσταντινίδου,Customer Success,Renewals,Mara Lindqvist,Mon-Fri 9-17\n"
    "lena@example.com,Lena Okafor-Lindqvist,,,Otto Brandt,\n"
    "bad@example.com,Bad,,,Nobody At All,whenever\n"
)


@pytest.fixture
def filled(app, org):
    """Leave, a substitute, an upload, demo sign-ins and names of every script."""
    today = clock.now().date()
    with transaction():
        service_availability.add_leave(org.learner, today, today)
        service_availability.set_substitute(org.manager, org.other_manager, today, None)
        db.session.add_all(
            Person(
                name=name,
                email=f"p{n}@example.com",
                team_id=org.support_team,
                manager_id=org.manager,
                created_at=clock.now(),
            )
            for n, name in enumerate(
                [
                    "محمد بن عبد الرحمن العمراني",
                    "山田 花子",
                    "Maximiliane Oberhuber-Schwarzenbergerin",
                    *(f"Person {i:02}" for i in range(60)),
                ]
            )  # fmt: skip
        )
        db.session.get_one(Person, org.learner).password_hash = hash_password("correct horse")
        upload = keep_upload(org.hr, "people.csv", io.BytesIO(CSV.encode()).read(), clock.now())
    offer_demo_sign_ins(
        app,
        [
            DemoSignIn("Employee", "Lena Okafor", "lena@example.com", "correct horse"),
            DemoSignIn("Manager", "Mara Lindqvist", "mara@example.com", "correct horse"),
        ],
    )
    yield {"upload": upload, "org": org}
    app.extensions.pop("demo_sign_ins")


def pages(org, upload) -> list[tuple[str, str]]:
    return [
        ("nobody", "/sign-in"),
        ("nobody", "/reset-password"),
        ("nobody", "/reset-password/gone"),
        ("learner", "/account"),
        ("learner", f"/people/{org.learner}"),
        ("learner", f"/people/{org.host}"),
        ("learner", "/people"),
        ("learner", f"/people/{org.learner}/availability"),
        ("learner", "/organisation"),
        ("learner", "/organisation?department=support"),
        ("manager", "/account/substitute"),
        ("hr", "/people"),
        ("hr", "/people?q=nobody-at-all"),
        ("hr", f"/people/{org.manager}"),
        ("hr", "/people/new"),
        ("admin", f"/people/{org.learner}/edit"),
        ("hr", f"/people/{org.manager}/deactivate"),
        ("hr", "/people/import"),
        ("hr", f"/people/import/{upload}"),
    ]


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (768, "dark"), (1440, "light")])
def test_pages_of_people_hold_at_every_width_and_theme(visit, filled, width, theme):
    found = {}
    for kind, path in pages(filled["org"], filled["upload"]):
        visitor = visit(kind, width=width, theme=theme)
        visitor.open(path)
        problems = [each for each in visitor.problems() if "404" not in each]
        if problems:
            found[f"{kind} {path}"] = problems
        visitor.close()
    assert found == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_one_press_signs_in_to_the_demo(visit, filled, scripts):
    visitor = visit(scripts=scripts)
    page = visitor.open("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in as Lena Okafor").click()
    page.wait_for_url("**/account")
    assert page.get_by_role("heading", level=1).inner_text() == "My account"


def test_hr_imports_a_file_after_looking_at_it(visit, org, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    visitor = visit("hr")
    page = visitor.open("/people/import")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/people/import/*")
    page.get_by_text("nobody’s name").first.wait_for()
    page.get_by_role("button", name="Import 2 people").click()
    page.wait_for_url("**/people")
    page.get_by_text("2 people were imported").wait_for()
