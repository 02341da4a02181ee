"""Run worker processes side by side and collect what they say, within firm time limits.

Each worker gets its order on standard input and answers line by line; it is ended when its time is up, when
`stop` turns true, or when the block is left.
"""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .order import Order

GRACE = 1.0
POLL = 0.05


class Team:
    """Hold the workers; use as a context manager."""

    def __init__(self, orders: Sequence[tuple[Order, float]]) -> None:
        self._orders = orders
        self._lines: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self._workers: list[subprocess.Popen[bytes]] = []
        self._ends: list[float] = []

    def __enter__(self) -> Team:
        root = str(Path(__file__).resolve().parents[3])
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        for k, (order, seconds) in enumerate(self._orders):
            worker = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                [sys.executable, "-m", "app.scheduling.planner.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=env,
                start_new_session=True,
            )
            self._workers.append(worker)
            self._ends.append(time.monotonic() + seconds + GRACE)
            threading.Thread(target=self._read, args=(k, worker, order), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()

    def _read(self, k: int, worker: subprocess.Popen[bytes], order: Order) -> None:
        try:
            if worker.stdin is not None:
                with worker.stdin as pipe:
                    pickle.dump(order, pipe)
            for line in worker.stdout or ():
                self._lines.put((k, line))
        except (OSError, ValueError):  # the worker was ended while we talked to it
            pass
        finally:
            self._lines.put((k, b""))

    def messages(self, stop: Callable[[], bool]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (role, message) as they come; end when all are done, out of time, or `stop` says so."""
        running = set(range(len(self._workers)))
        while running and not stop():
            now = time.monotonic()
            for k in [k for k in running if now >= self._ends[k]]:
                running.discard(k)
                self._workers[k].kill()
            try:
                k, line = self._lines.get(timeout=POLL)
            except queue.Empty:
                continue
            if not line:
                running.discard(k)
                continue
            yield self._orders[k][0].role, json.loads(line)
