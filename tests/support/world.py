"""One small world in which every kind of object exists, owned by the learner, for the permission walk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.authoring.load import load
from app.authoring.reader import read_library
from app.competency import queries_ledger
from app.competency import service as competency
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.curriculum import queries as curriculum
from app.db import db, transaction
from app.notifications import service as notifications
from app.notifications.kinds import NoticeKind
from app.onboarding import queries as programmes
from app.onboarding import service as onboarding
from app.onboarding.models import Enrolment
from app.people import service_availability
from app.people.models import Person, UserSession
from app.people.queries import actor_for
from app.people.service import start_session
from app.people.service_import import keep_upload
from app.people.service_passwords import request_reset
from app.quizzes import queries as quizzes
from app.quizzes.definitions import QuizDefinition
from app.quizzes.marking import Response
from app.quizzes.question import QuestionType
from app.quizzes.service import Given, save_answers, start_attempt, submit_attempt
from app.quizzes.service_bank import load_quizzes
from app.roleplays import service_signoffs
from app.scheduling import queries as scheduling
from app.scheduling import service as booking
from app.scheduling.inputs import RotationProposal, SessionProposal, TaskItem
from app.scheduling.kinds import Mode, SessionKind
from app.scheduling.models_rotations import RotationTask
from config import ROOT
from tests.quizzes.bank import ESSAY, GIFT, read
from tests.roleplays.support import KEY, TASK, ask, give_level, score
from tests.support.databases import KeptRows
from tests.support.factories import NOW, Org, make_org, make_person

QUIZ = "calm/check"
KINDS = ("learner", "colleague", "manager", "stand_in", "host", "other", "other_manager", "hr", "author", "admin")  # fmt: skip
PASSWORD = "correct horse battery"  # noqa: S105 - of a person who does not exist


@dataclass
class World:
    """Ids of the objects by name, sign-in tokens by kind, and a way back to how it was."""

    app: Flask
    org: Org
    stand_in: int
    ids: dict[str, Any]
    tokens: dict[str, str]
    _kept: Any = None

    def person(self, kind: str) -> int:
        """Return a kind's person."""
        found: int = self.stand_in if kind == "stand_in" else getattr(self.org, kind)
        return found

    def look(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row that a person could change, by table; what merely notes a visit is left out."""
        with self.app.app_context():
            return {
                table.name: sorted(
                    (
                        tuple(row)
                        for row in db.session.execute(
                            select(*(column for column in table.columns if "seen" not in column.name))
                        )
                    ),
                    key=repr,
                )
                for table in db.metadata.sorted_tables
            }

    def keep(self) -> None:
        """Remember the database as it is now."""
        with self.app.app_context():
            db.session.remove()
            if db.engine.dialect.name == "sqlite":
                self._kept = sqlite3.connect(":memory:", check_same_thread=False)
                with closing(sqlite3.connect(db.engine.url.database or "")) as now:
                    now.backup(self._kept)
                return
            with db.engine.begin() as connection:
                self._kept = KeptRows(connection)

    def restore(self) -> None:
        """Bring back what `keep` remembered."""
        with self.app.app_context():
            db.session.remove()
            if db.engine.dialect.name == "sqlite":
                with closing(sqlite3.connect(db.engine.url.database or "")) as now:
                    self._kept.backup(now)
                return
            with db.engine.begin() as connection:
                self._kept.restore(connection)


def build_world(app: Flask) -> World:
    """Fill the empty database at NOW; call inside a clock that stands at NOW and an app context."""
    org = make_org()
    with transaction():
        stand_in = make_person("Sana Noor", email="sana@example.com", team_id=org.sales_team).id
        substitute = service_availability.set_substitute(org.manager, stand_in, NOW.date(), None)
        ended = make_person("Former Colleague", email="gone@example.com", deactivated_at=NOW).id
    ids: dict[str, Any] = {"person": org.learner, "ended": ended, "host": org.host, "other": org.other}
    ids |= {"support_team": org.support_team, "sales_team": org.sales_team}
    ids["substitute"] = substitute
    _load_content()
    for who in (org.host, org.other):
        for each in ("keep-calm", "sell-well"):
            give_level(who, org.hr, competency_id=each)
    ids |= _learning(org) | _schedule(org) | _record(org)
    tokens = {}
    with transaction():
        for kind in KINDS:
            person = stand_in if kind == "stand_in" else getattr(org, kind)
            tokens[kind] = start_session(person, NOW, days=1)
    ids["record_version"] = db.session.get_one(Person, org.learner).version
    ids["session_row"] = _first(UserSession, UserSession.person_id == org.learner)
    world = World(app, org, stand_in, ids, tokens)
    world.keep()
    return world


def _first(model: Any, *where: Any) -> int:
    found: int | None = db.session.scalar(select(model.id).where(*where).order_by(model.id))
    assert found is not None, model
    return found


def _load_content() -> None:
    library = read_library(ROOT / "tests/authoring/library").library
    assert library is not None
    with transaction():
        load(library, "digest", NOW - timedelta(days=30))
        quiz = QuizDefinition(QUIZ, "Check yourself", 5, read(GIFT + ESSAY))
        load_quizzes([quiz], NOW - timedelta(days=29))


def _learning(org: Org) -> dict[str, Any]:
    """A graded, a waiting and a running attempt; rounds and sheets; a sign-off request."""
    early = NOW - timedelta(days=3)
    with transaction():
        waiting = start_attempt(org.learner, QUIZ, early, seed=1)
        given = Given(Response(text="I hear you. Tell me more."), 0, "", "p", 1)
        save_answers(waiting, {_essay_in(waiting): given}, early)
        submit_attempt(waiting, early)
    with transaction():
        running = start_attempt(org.learner, QUIZ, NOW, seed=2)
    done = score(org.learner, (org.host, 2))
    apart = score(org.colleague, (org.host, 1), (org.other, 3))
    open_round, sheet = ask(org.learner, org.host)
    task = curriculum.find_activity(TASK)
    assert task is not None
    with transaction():
        sign_off = service_signoffs.ask(actor_for(org.learner, NOW), task, org.host, "Ticket 4711", NOW)
    return {
        "waiting": waiting,
        "essay": _essay_in(waiting),
        "running": running,
        "round": done.id,
        "done_sheet": done.sheets[0].id,
        "apart": apart.id,
        "open_round": open_round,
        "sheet": sheet,
        "sign_off": sign_off,
        "role_play": KEY,
    }


def _essay_in(attempt_id: int) -> int:
    slots = quizzes.slots(attempt_id)
    return next(slot.position for slot in slots if slot.question.type is QuestionType.ESSAY)


def _propose(org: Org, starts_at: datetime, now: datetime, by: str, *agree: str) -> int:
    wanted = SessionProposal(
        org.learner, org.host, SessionKind.SHADOWING, starts_at, 60, "sell-well", Mode.OBSERVE
    )
    with transaction():
        session_id = booking.propose_session(actor_for(getattr(org, by), now), wanted, now)
    for kind in agree:
        fact = scheduling.find_session(session_id)
        assert fact is not None
        with transaction():
            booking.accept(actor_for(getattr(org, kind), now), session_id, fact.sequence, now)
    return session_id


def _schedule(org: Org) -> dict[str, Any]:
    """A session that took place, one agreed, one that waits; a rotation in progress and one proposed."""
    past = _propose(org, NOW - timedelta(days=2), NOW - timedelta(days=7), "manager", "learner", "host")
    agreed = _propose(org, NOW + timedelta(days=6), NOW, "manager", "learner", "host")
    asked = _propose(org, NOW + timedelta(days=14, hours=2), NOW, "manager", "learner")
    fact = scheduling.find_session(agreed)
    assert fact is not None
    rotation = _rotate(org, date(2026, 6, 3), NOW - timedelta(days=20))
    proposed = _rotate(org, date(2026, 10, 5), NOW, answered=False)
    task = _first(RotationTask, RotationTask.rotation_id == rotation)
    with transaction():
        learner = actor_for(org.learner, NOW)
        token = booking.create_feed(learner, NOW)
        pairing = booking.set_pairing(learner, "ban", org.learner, org.author, NOW)
    return {
        "past": past,
        "agreed": agreed,
        "agreed_version": fact.version,
        "asked": asked,
        "asked_sequence": _sequence(asked),
        "rotation": rotation,
        "task": task,
        "asked_rotation": proposed,
        "feed_token": token,
        "pairing": pairing,
        "feed": scheduling.feeds_of(org.learner)[0].feed_id,
    }


def _sequence(session_id: int) -> int:
    fact = scheduling.find_session(session_id)
    assert fact is not None
    return fact.sequence


def _rotate(org: Org, first: date, now: datetime, answered: bool = True) -> int:
    wanted = RotationProposal(
        org.learner,
        org.sales_team,
        org.host,
        first,
        first + timedelta(days=1),
        (TaskItem("Log three calls", "sell-well"),),  # fmt: skip
    )
    with transaction():
        rotation = booking.propose_rotation(actor_for(org.manager, now), wanted, now)
    for kind in ("learner", "host", "other_manager") if answered else ():
        with transaction():
            booking.answer_rotation(actor_for(getattr(org, kind), now), rotation, True, "", now)
    return rotation


def _record(org: Org) -> dict[str, Any]:
    """Evidence with and without a dispute, an enrolment, a notice, leave, a reset link and an upload."""
    seen = EvidenceInput(
        org.learner,
        "sell-well",
        EvidenceKind.QUIZ,
        "test",
        "1",
        NOW - timedelta(days=3),
        score=90.0,
        assessor_id=org.host,  # fmt: skip
    )
    with transaction():
        competency.record_many([seen, replace(seen, source_id="2", observed_at=NOW)], NOW)
    rows = [fact.row.id for fact in queries_ledger.list_evidence(org.learner, "sell-well")]
    with transaction():
        dispute = competency.open_dispute(actor_for(org.learner, NOW), rows[0], "It was not me", NOW)
        onboarding.enrol_new_hires(NOW)
        onboarding.enrol(org.learner, programmes.list_programmes()[0], NOW)
        notice = notifications.enqueue(
            org.learner, NoticeKind.LEVEL, "Look", "Something happened.", NOW, link="/my/matrix"
        )
        leave = service_availability.add_leave(org.learner, date(2026, 8, 3), date(2026, 8, 7))
        link = request_reset("lena@example.com", NOW)
        content = b"email,name\nnew@example.com,New Person\n"
        upload = keep_upload(org.hr, "people.csv", content, NOW)
    assert link is not None
    return {
        "evidence": rows[-1],
        "dispute": dispute,
        "enrolment": _first(Enrolment, Enrolment.person_id == org.learner),
        "notice": notice,
        "leave": leave,
        "reset": link.token,
        "upload": upload,
    }
