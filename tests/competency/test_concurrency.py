"""Evidence that arrives at the same moment from several processes: nothing lost, nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import func, select

from app.competency import queries, service
from app.competency.kinds import EvidenceKind as K
from app.competency.models import EvidenceRow, LevelChangeRow
from app.db import db, transaction
from tests.competency.support import bring, given, load, record
from tests.support.factories import NOW

HANDS = 6


def at_once(app, works: list[Callable[[], object]]) -> None:
    """Run each piece of work in a thread and a context of its own, all starting together."""
    ready = Barrier(len(works))

    def hand(work: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait(10)
            with transaction():
                work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(hand, work) for work in works]:
            done.result(30)
    db.session.rollback()


def test_sign_offs_at_the_same_moment_all_count(app, org):
    load()
    bring(org.host, 3, org.other_manager)
    record(
        given(org.learner, K.QUIZ, NOW - timedelta(days=9)),
        given(org.learner, K.ROLE_PLAY, NOW - timedelta(days=9), assessor_id=org.host),
        now=NOW,
    )
    facts = [
        given(org.learner, K.ASSIST, NOW - timedelta(days=n), assessor_id=org.host) for n in range(HANDS)
    ]
    at_once(app, [lambda fact=fact: service.record_evidence(fact, NOW) for fact in facts])
    assert queries.level_of(org.learner, "spot-lead", NOW) == 3
    assert service.rebuild(NOW, check=True) == []
    changes = db.session.execute(
        select(LevelChangeRow.before, LevelChangeRow.after)
        .where(LevelChangeRow.person_id == org.learner)
        .order_by(LevelChangeRow.id)
    ).all()
    assert [tuple(each) for each in changes] == [(0, 2), (2, 3)]


def test_the_same_fact_sent_at_the_same_moment_counts_once(app, org):
    load()
    fact = given(org.learner, K.QUIZ)
    at_once(app, [lambda: service.record_evidence(fact, NOW)] * HANDS)
    assert db.session.scalar(select(func.count()).select_from(EvidenceRow)) == 1


def test_a_lapse_run_twice_at_once_is_noted_once(app, org):
    load()
    bring(org.learner, 2, org.manager)
    at_once(app, [lambda: service.lapse_due(NOW + timedelta(days=301))] * HANDS)
    lapses = select(func.count()).where(LevelChangeRow.cause == "lapse")
    assert db.session.scalar(lapses) == 1
