"""Run `flask curriculum load` in processes that are killed at their n-th statement, one after the other.

`python -m tests.kill.die_at N…` forks a child per number from one that has everything imported; 0 stands for
the moment after the last statement, just before the commit, and -1 for the moment just after it. Prints one
JSON line per child: how it ended, and a fingerprint of every table then.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import db
from wsgi import app


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def load(dies_at: int) -> None:
    """Load the library, dying on the way, before the commit at the latest, or just after it."""
    count = 0

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal count
        count += not statement.startswith("PRAGMA")
        if count == dies_at:
            die()

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", note)
    event.listen(Session, "after_commit" if dies_at == -1 else "before_commit", die)
    app.cli.main(["curriculum", "load"], standalone_mode=False)


def fingerprint() -> str:
    """Return the hash of every row of every table."""
    seen = hashlib.sha256()
    with app.app_context():
        connection = db.session.connection()
        for table in db.metadata.sorted_tables:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').all()
            seen.update(f"{table.name}: {sorted(map(repr, rows))}".encode())
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        db.session.remove()
        db.engine.dispose()
    return seen.hexdigest() if sound == "ok" else str(sound)


def main() -> None:
    for moment in map(int, sys.argv[1:]):
        child = os.fork()
        if child == 0:
            load(moment)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"moment": moment, "killed": killed, "tables": fingerprint()}), flush=True)


if __name__ == "__main__":
    main()
