"""Scheduled work: a registry of jobs, a claim per job and slot, and the process that runs them.

A job's claim row is committed in the same transaction as its effect, so however many schedulers run,
each slot's work happens exactly once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model, db, transaction

log = logging.getLogger(__name__)


class JobClaim(Model):
    """One slot of one job that was carried out."""

    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(Line(80))
    slot: Mapped[str] = mapped_column(Line(40))
    claimed_at: Mapped[datetime]


class Heartbeat(Model):
    """When the scheduler process was last alive."""

    name: Mapped[str] = mapped_column(Line(40), primary_key=True)
    beat_at: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    """Work for every slot of `every`.

    `run(now)` is called inside the transaction that claims the slot; with `claims` off it is called at
    every tick and opens its own transactions, guarding each piece of work itself (mail delivery).
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    claims: bool = True

    def slot(self, now: datetime) -> str:
        """Return the name of the slot that `now` lies in."""
        step = int(self.every.total_seconds())
        return str(int(now.timestamp()) // step * step)


_jobs: dict[str, Job] = {}


def register(name: str, every: timedelta, run: Callable[[datetime], object], *, claims: bool = True) -> None:
    """Add a job; registering the same name again replaces it."""
    _jobs[name] = Job(name, every, run, claims)


def list_jobs() -> list[Job]:
    """Return the registered jobs by name."""
    return [_jobs[name] for name in sorted(_jobs)]


def run_due(now: datetime) -> list[str]:
    """Run every job whose slot at `now` nobody has claimed; return the names of those that ran.

    A job that fails leaves its slot unclaimed, so it is tried again at the next tick.
    """
    done = []
    for job in list_jobs():
        if job.claims and _claimed(job, now):
            continue
        try:
            if not job.claims:
                job.run(now)
                done.append(job.name)
                continue
            with transaction() as session:
                session.add(JobClaim(job=job.name, slot=job.slot(now), claimed_at=now))
                session.flush()
                job.run(now)
            done.append(job.name)
        except IntegrityError as error:
            if "job_claim" not in str(error.orig):
                log.exception("job %s failed", job.name)
        except Exception:
            log.exception("job %s failed", job.name)
    return done


def beat(now: datetime) -> None:
    """Record that the scheduler process is alive."""
    with transaction() as session:
        session.merge(Heartbeat(name="scheduler", beat_at=now))


def last_beat() -> datetime | None:
    """Return when the scheduler was last alive, or None when it never was."""
    return db.session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == "scheduler"))


def _claimed(job: Job, now: datetime) -> bool:
    return (
        db.session.scalar(select(JobClaim.id).where(JobClaim.job == job.name, JobClaim.slot == job.slot(now)))
        is not None
    )
