"""Several scheduler processes work the same slots at once; one of them is killed in the middle of its work.

`python -m tests.kill.race_jobs PROCESSES SLOTS` makes a table `worked`, in which the one job notes its slot,
and forks the processes; the first is killed between its work and its commit in the middle slot.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from app import jobs
from app.db import db, transaction
from wsgi import app

BEGIN = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)


def work(process: int, slots: int) -> None:
    """Run every slot's job, as fast as the others let it."""

    def note(now: datetime) -> None:
        number = (now - BEGIN) // EVERY
        db.session.connection().exec_driver_sql(f"INSERT INTO worked VALUES ({number}, {process})")
        if process == 0 and number >= slots // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    jobs._jobs.clear()
    jobs.register("note", EVERY, note)
    with app.app_context():
        for number in range(slots):
            jobs.run_due(BEGIN + number * EVERY)


def main() -> None:
    processes, slots = map(int, sys.argv[1:])
    with app.app_context():
        with transaction() as session:
            session.connection().exec_driver_sql("CREATE TABLE worked (slot INTEGER, process INTEGER)")
        db.session.remove()
        db.engine.dispose()
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            work(process, slots)
            os._exit(0)
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(ended)


if __name__ == "__main__":
    main()
