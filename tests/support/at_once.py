"""Do something twice in the same moment, each time in a thread and a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from flask import Flask

from app.db import db, transaction


def twice_at_once(app: Flask, act: Callable[[], object]) -> list[object]:
    """Return what both gave, or the error that came instead.

    Each holds its transaction open for a moment after acting, so that the other acts before the commit
    wherever nothing makes it wait.
    """
    gate, acted, came = threading.Barrier(2), threading.Barrier(2), []

    def once() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    given = act()
                    with suppress(threading.BrokenBarrierError):
                        acted.wait(timeout=0.5)
                came.append(given)
            except Exception as error:
                came.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
