"""What the web benchmark runs on: an organisation of any size, its evidence, attempts and sign-ins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from app import clock
from app.competency import queries as competency
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.competency.service import record_many
from app.db import db, transaction
from app.onboarding.service import enrol_new_hires
from app.people.import_file import read_sheet
from app.people.models import Person, Team
from app.people.service import start_session
from app.people.service_import import import_people
from app.people.service_passwords import set_password
from app.people.views import TOKEN
from app.quizzes import queries as quizzes
from app.quizzes.marking import Response
from app.quizzes.models import AttemptAnswer
from app.quizzes.question import QuestionType
from app.quizzes.question_json import response_to_json
from app.quizzes.service import start_attempt

MODULE = "de-escalation"
QUIZ = f"{MODULE}/check"
SMALL_TEAM, BIG_TEAM = "Support 0", "Support 20"
PASSWORD = "correct horse battery"
SIGNERS = 64
WRITERS = 40
NEW_EVERY = 16


@dataclass(frozen=True)
class SignedIn:
    """A person's cookie header and the token that their forms carry."""

    person_id: int
    cookie: str
    token: str


@dataclass(frozen=True)
class Writing:
    """An attempt in progress, with the position of a question that takes one choice."""

    who: SignedIn
    attempt_id: int
    position: int


def add_people(first: int, count: int, team_of: int, now: datetime) -> None:
    """Import people numbered from `first` into teams of `team_of`, and give each a row of evidence.

    Every 16th is a new hire; the first of each team manages it; number 0 is HR.
    """
    rows = io.StringIO()
    writer = csv.writer(rows)
    columns = "email name department team job_role manager_email start_date time_zone work_hours is_hr"
    writer.writerow(columns.split())
    for number in range(first, first + count):
        boss = number - (number - first) % team_of
        side = ("Support", "support-agent") if boss // team_of % 2 == 0 else ("Sales", "account-executive")
        days = number % 80 if number % NEW_EVERY == 5 else 200 + number % 900
        writer.writerow(
            [
                email(number), f"Person Ünï {number}", side[0], f"{side[0]} {boss}", side[1],
                "" if boss == number else email(boss), (now - timedelta(days=days)).date().isoformat(),
                "Europe/Berlin", "Mon-Fri 09:00-17:00", "yes" if number == 0 else "no",
            ]
        )  # fmt: skip
    with transaction():
        made = import_people(read_sheet(rows.getvalue().encode()), now, may_make_admins=False)
        if made.problems:
            raise RuntimeError(str(made.problems[:3]))
    ids = person_ids(range(first, first + count))
    framework = competency.get_framework()
    facts = [
        EvidenceInput(
            person_id=person_id,
            competency_id=each.id,
            kind=EvidenceKind.QUIZ,
            source_kind="carried_over",
            source_id=f"{person_id}:{each.id}",
            observed_at=now - timedelta(days=1 + (person_id + place) % 90),
            score=float(60 + (person_id * 7 + place * 11) % 41),
        )
        for person_id in ids
        for place, each in enumerate(framework.competencies)
        if (person_id + place) % 3
    ]
    with transaction():
        record_many(facts, now, quiet=True)
        enrol_new_hires(now)


def email(number: int) -> str:
    return f"person{number}@bench.example"


def person_ids(numbers: Iterable[int]) -> list[int]:
    """Return the ids of people by number."""
    by_email = dict(db.session.execute(select(Person.email, Person.id)).tuples().all())
    return [by_email[email(number)] for number in numbers]


def team_id(name: str) -> int:
    return db.session.scalars(select(Team.id).where(Team.name == name)).one()


def give_passwords(numbers: Iterable[int], now: datetime) -> None:
    """Let people sign in with the one password."""
    with transaction():
        for person_id in person_ids(numbers):
            set_password(person_id, PASSWORD, now)


def sign_in(app: Flask, person_id: int | None) -> SignedIn:
    """Make a session of a person, or of nobody, that the server believes."""
    client = app.test_client()
    token = None
    if person_id is not None:
        with transaction():
            token = start_session(person_id, clock.now(), days=1)
    with app.test_request_context(), client.session_transaction() as stored:
        g.pop("csrf_token", None)  # kept from the person before
        form_token = generate_csrf()
        stored["csrf_token"] = session["csrf_token"]
        if token is not None:
            stored[TOKEN] = token
    cookie = client.get_cookie("tandem")
    if cookie is None:
        raise RuntimeError("no session cookie was set")
    return SignedIn(person_id or 0, f"tandem={cookie.value}", form_token)


def begin_attempts(app: Flask, numbers: Iterable[int], now: datetime, *, answered: bool) -> list[Writing]:
    """Begin an attempt of the quiz for each person; `answered` chooses the first answer everywhere."""
    out = []
    for person_id in person_ids(numbers):
        with transaction() as session:
            attempt_id = start_attempt(person_id, QUIZ, now, seed=person_id)
            slots = quizzes.slots(attempt_id)
            single = [
                s.position for s in slots if s.question.type is QuestionType.MULTICHOICE and s.question.single
            ]
            choosable = [
                s.position
                for s in slots
                if s.question.type in {QuestionType.MULTICHOICE, QuestionType.TRUEFALSE}
            ]
            if answered:
                rows = session.scalars(
                    select(AttemptAnswer).where(
                        AttemptAnswer.attempt_id == attempt_id, AttemptAnswer.position.in_(choosable)
                    )
                )
                for row in rows:
                    row.response = response_to_json(Response(choices=(0,)))
        out.append(Writing(sign_in(app, person_id), attempt_id, single[0]))
    return out
