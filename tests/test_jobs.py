from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from app import jobs
from app.db import db
from app.jobs import Job, JobClaim
from tests.support.factories import NOW


def only(monkeypatch, *listed: Job) -> None:
    monkeypatch.setattr(jobs, "list_jobs", lambda: list(listed))


def test_a_slot_is_worked_once(app, monkeypatch):
    ran = []
    only(monkeypatch, Job("remind", timedelta(hours=1), ran.append))
    for minutes in (0, 10, 59, 60):
        jobs.run_due(NOW + timedelta(minutes=minutes))
    assert ran == [NOW, NOW + timedelta(hours=1)]


def test_a_failed_job_keeps_its_slot_open_and_the_others_run(app, monkeypatch):
    ran = []

    def fail(now):
        raise ValueError("broken")

    only(
        monkeypatch,
        Job("bad", timedelta(hours=1), fail),
        Job("good", timedelta(hours=1), ran.append),
    )
    assert jobs.run_due(NOW) == ["good"]
    assert db.session.query(JobClaim).count() == 1


def test_the_loser_of_a_race_for_a_slot_undoes_its_work(app, monkeypatch):
    claimed_elsewhere = JobClaim(
        job="remind", slot=Job("remind", timedelta(hours=1), print).slot(NOW), claimed_at=NOW
    )
    with jobs.transaction() as session:
        session.add(claimed_elsewhere)
    monkeypatch.setattr(jobs, "_claimed", lambda job, now: False)
    ran = []
    only(monkeypatch, Job("remind", timedelta(hours=1), ran.append))
    assert jobs.run_due(NOW) == []
    assert ran == []


def test_schedulers_that_tick_at_the_same_moment_work_a_slot_once(app, monkeypatch):
    hands = 4
    together = Barrier(hands)
    ran = []
    only(monkeypatch, Job("remind", timedelta(hours=1), ran.append))

    def tick(hour: int) -> list[str]:
        with app.app_context():
            together.wait(10)
            return jobs.run_due(NOW + timedelta(hours=hour))

    with ThreadPoolExecutor(hands) as pool:
        done = [list(pool.map(tick, [hour] * hands)) for hour in range(3)]
    assert [sorted(each) for each in done] == [[[]] * (hands - 1) + [["remind"]]] * 3
    assert ran == [NOW + timedelta(hours=hour) for hour in range(3)]
