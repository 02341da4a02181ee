"""Several scheduler processes work the same slots at once; one of them is killed in the middle of its work.

`python -m tests.kill.race_jobs PROCESSES SLOTS` makes a table `worked`, in which the one job notes its slot, and
forks the processes. Whoever gets a slot keeps its transaction open until all the others try to get it, so that each
is raced for. The first process begins the middle slot before the others and is killed between its work and its commit;
the others race for what it leaves. Exits with 1 when a process ended otherwise than it should.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from multiprocessing import Barrier, Semaphore

from app import jobs
from app.db import db, transaction
from wsgi import app

BEGIN = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)


class Race:
    """What the processes tell each other: that all are at one slot, and that the first one is amid its work."""

    def __init__(self, processes: int, slots: int) -> None:
        self.processes = processes
        self.killed_at = slots // 2
        self.before, self.after = Barrier(processes), Barrier(processes - 1)
        self.trying = [Semaphore(0) for _ in range(slots)]
        self.amid = Semaphore(0)

    def start(self, slot: int, process: int) -> None:
        """Return when all living processes are done with the slot before; in the middle, the first one begins."""
        (self.before if slot <= self.killed_at else self.after).wait()
        if slot == self.killed_at and process != 0:
            self.amid.acquire()
        self.trying[slot].release()

    def wait_for_the_others(self, slot: int) -> None:
        """Return when every living process tries to get the slot."""
        for _ in range(self.processes if slot < self.killed_at else self.processes - 1):
            self.trying[slot].acquire()

    def kill_the_first(self) -> None:
        """Let the others go, amid the work, and end this process as a power cut would."""
        for _ in range(self.processes - 1):
            self.amid.release()
        os.kill(os.getpid(), signal.SIGKILL)


def work(process: int, race: Race) -> None:
    """Try every slot's job."""

    def note(now: datetime) -> None:
        slot = (now - BEGIN) // EVERY
        db.session.connection().exec_driver_sql(f"INSERT INTO worked VALUES ({slot}, {process})")
        if process == 0 and slot == race.killed_at:
            race.kill_the_first()
        race.wait_for_the_others(slot)

    jobs._jobs.clear()
    jobs.register("note", EVERY, note)
    with app.app_context():
        for slot in range(len(race.trying)):
            race.start(slot, process)
            jobs.run_due(BEGIN + slot * EVERY)


def main() -> int:
    processes, slots = map(int, sys.argv[1:])
    with app.app_context():
        with transaction() as session:
            session.connection().exec_driver_sql("CREATE TABLE worked (slot INTEGER, process INTEGER)")
        db.session.remove()
        db.engine.dispose()
    race = Race(processes, slots)
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            work(process, race)
            os._exit(0)
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(ended)
    return int(ended != [-signal.SIGKILL] + [0] * (processes - 1))


if __name__ == "__main__":
    sys.exit(main())
