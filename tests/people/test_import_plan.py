from datetime import date

import pytest

from app.people.import_directory import Directory, Known
from app.people.import_file import read_sheet
from app.people.import_plan import DEFAULT_HOURS, plan_import

HOURS = DEFAULT_HOURS


def known(number, email, name, **fields):
    values = {
        "is_active": True,
        "place": ("Support", "Support team"),
        "job_role": "support-agent",
        "manager_email": None,
        "start_date": None,
        "time_zone": "UTC",
        "locale": "en",
        "weekly_budget_minutes": 60,
        "is_hr": False,
        "is_author": False,
        "is_admin": False,
        "work_hours": HOURS,
        "leave": frozenset(),
        "substitute_email": None,
    }
    return Known(number, email, name, **(values | fields))


DIRECTORY = Directory(
    people=(
        known(1, "mara@x.org", "Mara"),
        known(2, "lena@x.org", "Lena", manager_email="mara@x.org"),
        known(3, "anna1@x.org", "Anna Weber"),
        known(4, "anna2@x.org", "Anna Weber"),
        known(5, "gone@x.org", "Gone", is_active=False),
        known(6, "ada@x.org", "Ada", is_admin=True),
    ),
    departments=(("support", "Support"), ("sales", "Sales")),
    places=(("Support", "Support team"), ("Support", "Night"), ("Sales", "Night")),
    job_roles=(("support-agent", "Support Agent"), ("account-executive", "Account Executive")),
    zones=frozenset({"UTC", "Europe/Berlin", "Asia/Tokyo"}),
    locales=frozenset({"en", "en_GB", "de", "pt_BR"}),
)


def plan(text, *, admin=True):
    return plan_import(read_sheet(text.encode()), DIRECTORY, may_make_admins=admin)


def row_errors(text, **options):
    return [(each.row, each.column) for each in plan(text, **options).problems]


def test_a_new_person_gets_what_the_row_says():
    made = plan(
        "email,name,department,team,role,manager,start date,time zone,hours,budget,locale,hr,leave\n"
        "New@X.org,Zoë  Ng,sales,Closers,account executive,Mara,2026-06-01,europe/berlin,Mon 9-12,30,pt-BR,yes,2026-12-20..2027-01-03\n"
    )
    assert made.problems == ()
    change = made.created[0]
    assert change.email == "new@x.org"
    assert change.values == {
        "name": "Zoë Ng",
        "place": ("Sales", "Closers"),
        "job_role": "account-executive",
        "manager_email": "mara@x.org",
        "start_date": date(2026, 6, 1),
        "time_zone": "Europe/Berlin",
        "work_hours": ((0, 540, 720),),
        "weekly_budget_minutes": 30,
        "locale": "pt_BR",
        "is_hr": True,
        "leave": frozenset({(date(2026, 12, 20), date(2027, 1, 3))}),
    }
    assert made.new_teams == (("Sales", "Closers"),)
    assert made.new_departments == ()


def test_columns_and_cells_that_are_empty_change_nothing():
    made = plan("email,name,manager,job_role\nlena@x.org,,,\nmara@x.org,Mara,,\n")
    assert (made.changes, made.unchanged, made.problems) == ((), 2, ())


def test_a_hyphen_clears():
    made = plan("email,manager,job_role,team\nlena@x.org,-,-,-\n")
    assert made.changed[0].values == {"manager_email": None, "job_role": None, "place": None}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("email", "not-an-email"),
        ("email", ""),
        ("manager_email", "nobody@x.org"),
        ("manager_email", "lena@x.org"),
        ("manager_email", "gone@x.org"),
        ("manager", "Anna Weber"),
        ("manager", "Nobody Known"),
        ("manager", "Lena"),
        ("job_role", "Astronaut"),
        ("team", "Night"),
        ("team", "No such team"),
        ("time_zone", "Mars/Base"),
        ("locale", "klingon"),
        ("start_date", "05/06/2026"),
        ("start_date", "2026-02-30"),
        ("work_hours", "whenever"),
        ("weekly_budget_minutes", "-5"),
        ("weekly_budget_minutes", "2401"),
        ("is_hr", "maybe"),
        ("leave", "2027-01-03..2026-12-20"),
        ("leave", "soon"),
        ("substitute_email", "lena@x.org"),
    ],
)
def test_a_bad_cell_is_reported_with_row_and_column_and_its_row_left_out(column, cell):
    address = cell if column == "email" else "lena@x.org"
    other = "" if column == "email" else f",{column}"
    text = f"email,name{other}\nlena2@x.org,Other{',' if other else ''}\n{address},Changed{',' + chr(34) + cell + chr(34) if other else ''}\n"
    if column == "team" and cell == "Night":
        text = text.replace("lena@x.org,Changed", "new@x.org,New")
    made = plan(text)
    assert [(each.row, each.column) for each in made.problems] == [(3, column)]
    assert [change.email for change in made.changes] == ["lena2@x.org"]


def test_an_ambiguous_manager_is_reported_with_whom_it_may_be():
    problem = plan("email,manager\nlena@x.org,anna weber\n").problems[0]
    assert "anna1@x.org" in problem.message
    assert "anna2@x.org" in problem.message


def test_a_namesake_inside_the_file_makes_a_manager_ambiguous():
    text = "email,name,manager\nlena@x.org,Lena,Mara\nm2@x.org,Mara,\n"
    assert row_errors(text) == [(2, "manager")]


def test_managers_may_come_later_in_the_file_by_name_or_email():
    made = plan("email,name,manager\na@x.org,A,B\nb@x.org,B,c@x.org\nc@x.org,C,\n")
    assert made.problems == ()
    assert [change.values.get("manager_email") for change in made.changes] == ["b@x.org", "c@x.org", None]


def test_a_row_that_leans_on_a_bad_row_is_left_out_too():
    text = "email,name,manager_email,time_zone\na@x.org,A,b@x.org,\nb@x.org,B,c@x.org,\nc@x.org,C,,Nowhere\nd@x.org,D,,\n"
    made = plan(text)
    assert [(each.row, each.column) for each in made.problems] == [(2, "manager_email"), (3, "manager_email"), (4, "time_zone")]  # fmt: skip
    assert [change.email for change in made.changes] == ["d@x.org"]


def test_circles_of_managers_are_reported_and_the_rest_imported():
    text = "email,name,manager_email\na@x.org,A,b@x.org\nb@x.org,B,c@x.org\nc@x.org,C,a@x.org\nd@x.org,D,mara@x.org\n"
    assert row_errors(text) == [(2, "manager_email"), (3, "manager_email"), (4, "manager_email")]
    assert [change.email for change in plan(text).changes] == ["d@x.org"]


def test_a_circle_through_people_who_are_there_already_is_seen():
    assert row_errors("email,manager_email\nmara@x.org,lena@x.org\n") == [(2, "manager_email")]


def test_the_second_row_of_a_person_is_reported():
    made = plan("email,name\na@x.org,First\nA@X.org,Second\n")
    assert [(each.row, each.column) for each in made.problems] == [(3, "email")]
    assert made.created[0].values["name"] == "First"


def test_two_ways_of_naming_the_manager_must_agree():
    assert row_errors("email,manager,manager_email\nlena@x.org,Anna Weber,mara@x.org\n") == [(2, "manager")]
    assert plan("email,manager,manager_email\nlena@x.org,Anna Weber,anna2@x.org\n").changed[0].values == {
        "manager_email": "anna2@x.org"
    }


def test_formula_looking_cells_are_text():
    made = plan('email,name\na@x.org,"=HYPERLINK(""http://evil"")"\nb@x.org,+49\n')
    assert [change.values["name"] for change in made.created] == ['=HYPERLINK("http://evil")', "+49"]


def test_deactivated_people_are_not_brought_back_silently():
    assert row_errors("email,name\ngone@x.org,Gone\n") == [(2, "email")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email,is_admin\nlena@x.org,yes\n", [(2, "is_admin")]),
        ("email,name\nada@x.org,Other\n", [(2, "email")]),
        ("email,name\nada@x.org,Ada\n", []),
    ],
)
def test_only_administrators_touch_administrators(text, expected):
    assert row_errors(text, admin=False) == expected


def test_the_last_administrator_stays_one():
    assert row_errors("email,is_admin\nada@x.org,no\n") == [(2, "is_admin")]
    assert row_errors("email,is_admin\nada@x.org,no\nlena@x.org,yes\n") == []


def test_a_team_alone_is_found_in_the_persons_own_department():
    assert plan("email,team\nlena@x.org,night\n").changed[0].values == {"place": ("Support", "Night")}


def test_departments_and_teams_are_the_same_in_any_case():
    made = plan("email,name,department,team\na@x.org,A,Ops,One\nb@x.org,B,OPS,one\nc@x.org,C,support,night\n")
    assert made.new_departments == ("Ops",)
    assert made.new_teams == (("Ops", "One"),)
    assert [change.values["place"] for change in made.changes] == [
        ("Ops", "One"),
        ("Ops", "One"),
        ("Support", "Night"),
    ]


def test_equal_plans_have_equal_fingerprints_and_others_not():
    text = "email,leave\nlena@x.org,2026-12-20..2026-12-24|2026-05-01\n"
    assert plan(text).fingerprint() == plan(text).fingerprint()
    assert plan(text).fingerprint() != plan(text.replace("12-24", "12-25")).fingerprint()


def test_every_error_of_a_row_is_reported_at_once():
    text = "email,name,manager,work_hours\na@x.org,A,Nobody Known,whenever\n"
    assert row_errors(text) == [(2, "manager"), (2, "work_hours")]
