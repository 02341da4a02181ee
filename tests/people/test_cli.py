import json
from datetime import date

import pytest

from app.db import db
from app.people import queries
from app.people.models import Leave, Person, Substitute
from app.people.passwords import verify_password

TABLE = """email;name;department;team;role;manager;start date;time zone;hours;leave;substitute
ΑΘΗΝΑ@example.com;Αθηνά 山田;Sales;Closers;Account Executive;Mara Lindqvist;2026-06-01;Asia/Tokyo;Mon-Fri 10-18;2026-12-20..2026-12-31;lena@example.com
lena@example.com;Lena Okafor;Support;Support team;Support Agent;mara@example.com;;;;;
bad@example.com;Bad;;;Astronaut;;;;;;
"""


@pytest.fixture
def run(app, org):
    def invoke(*arguments, **options):
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=["people", *map(str, arguments)], **options)
        db.session.rollback()
        db.session.expire_all()
        return result

    return invoke


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(TABLE.replace("\n", "\r\n").encode("utf-8-sig"))
    return path


def count():
    return db.session.query(Person).count()


def test_a_dry_run_tells_and_writes_nothing(run, table):
    before = count()
    result = run("import", table, "--dry-run", "--json")
    told = json.loads(result.stdout)
    assert told["created"] == [{"row": 2, "email": "αθηνα@example.com"}]
    assert told["unchanged"] == 1
    assert [(each["row"], each["column"], each["value"]) for each in told["errors"]] == [
        (4, "job_role", "Astronaut")
    ]
    assert result.exit_code == 1
    assert count() == before


def test_good_rows_are_imported_and_a_second_run_changes_nothing(run, table, org):
    assert run("import", table).exit_code == 1
    person = db.session.query(Person).filter_by(email="αθηνα@example.com").one()
    assert (person.name, person.manager_id, person.time_zone) == ("Αθηνά 山田", org.manager, "Asia/Tokyo")
    assert (person.team.name, person.team.department.name) == ("Closers", "Sales")
    assert queries.work_hours_of([person.id])[person.id] == [(day, 600, 1080) for day in range(5)]
    assert db.session.query(Leave).one().until_on == date(2026, 12, 31)
    assert db.session.query(Substitute).one().substitute_id == org.learner
    version = person.version
    again = json.loads(run("import", table, "--json").stdout)
    assert (again["created"], again["changed"], again["unchanged"]) == ([], [], 2)
    assert db.session.query(Person).filter_by(email="αθηνα@example.com").one().version == version


def test_a_changed_row_changes_only_what_it_names(run, tmp_path, org):
    path = tmp_path / "zones.csv"
    path.write_text("email,time_zone\nlena@example.com,Asia/Tokyo\n", encoding="utf-8")
    assert run("import", path).exit_code == 0
    person = db.session.get_one(Person, org.learner)
    assert (person.time_zone, person.name, person.manager_id) == ("Asia/Tokyo", "Lena Okafor", org.manager)


def test_an_unreadable_file_is_refused_whole(run, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name\nLena\n", encoding="utf-8")
    result = run("import", path)
    assert result.exit_code == 2
    assert "no column “email”" in result.output


def test_the_file_may_come_on_standard_input(run):
    result = run("import", "-", "--json", input="email,name\nnew@example.com,New\n")
    assert json.loads(result.stdout)["created"] == [{"row": 2, "email": "new@example.com"}]


def test_the_first_administrator_is_made_and_can_sign_in(run):
    result = run("create-admin", "Root@Example.com", "Ro Ot", "--password-stdin", input="correct horse\n")
    assert result.exit_code == 0, result.output
    person = db.session.query(Person).filter_by(email="root@example.com").one()
    assert person.is_admin
    assert verify_password(person.password_hash, "correct horse")


def test_someone_who_is_there_already_can_become_administrator(run, org):
    run("create-admin", "lena@example.com", "Lena", "--password-stdin", input="correct horse\n")
    assert db.session.get_one(Person, org.learner).is_admin


def test_a_password_is_set_by_command_or_refused_with_the_reason(run, org):
    assert run("set-password", "lena@example.com", "--password-stdin", input="correct horse\n").exit_code == 0
    assert verify_password(db.session.get_one(Person, org.learner).password_hash, "correct horse")
    short = run("set-password", "lena@example.com", "--password-stdin", input="short\n")
    assert "at least 10" in short.output
    assert "Nobody has" in run("set-password", "who@example.com").output
