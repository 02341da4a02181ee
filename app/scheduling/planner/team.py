"""Run worker processes side by side and collect what they say, within firm time limits.

A worker compiles or loads its kernels and says "ready" while the parent still reads the file; it then gets an
order on standard input and, told to go, answers line by line. It is ended when its time is up, when `stop`
turns true, or when the block is left.
"""

from __future__ import annotations

import json
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .order import Go, Order

GRACE = 1.0
POLL = 0.05
# The package `app` builds a web application when imported; a worker needs only what lies below it.
BOOT = """
import sys, types
app = types.ModuleType("app")
app.__path__ = [sys.argv[1]]
sys.modules["app"] = app
from app.scheduling.planner.worker import main
main()
"""


class Team:
    """Hold the workers, known by number; use as a context manager."""

    def __init__(self) -> None:
        self.roles: list[str] = []
        self._lines: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self._workers: list[subprocess.Popen[bytes]] = []
        self._letters: list[queue.SimpleQueue[Order | Go | None]] = []
        self._ends: list[float] = []
        self._gone: set[int] = set()

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        for worker, letters in zip(self._workers, self._letters, strict=True):
            letters.put(None)
            if worker.poll() is None:
                worker.kill()
            worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()

    def hire(self, role: str) -> int:
        """Start a worker and let it get ready; return its number."""
        package = str(Path(__file__).resolve().parents[2])
        worker = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-c", BOOT, package, role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        k = len(self._workers)
        letters: queue.SimpleQueue[Order | Go | None] = queue.SimpleQueue()
        self.roles.append(role)
        self._workers.append(worker)
        self._letters.append(letters)
        self._ends.append(float("inf"))
        threading.Thread(target=_write, args=(worker, letters), daemon=True).start()
        threading.Thread(target=self._read, args=(k, worker), daemon=True).start()
        return k

    def order(self, k: int, order: Order) -> None:
        """Give a worker its order, so that it can lay out its arrays."""
        self._letters[k].put(order)

    def go(self, k: int, start: Go) -> None:
        """Let a worker begin; it is ended shortly after its time is up."""
        self._letters[k].put(start)
        self._ends[k] = start.end + GRACE

    def _read(self, k: int, worker: subprocess.Popen[bytes]) -> None:
        try:
            for line in worker.stdout or ():
                self._lines.put((k, line))
        except (OSError, ValueError):  # the worker was ended while we listened
            pass
        finally:
            self._lines.put((k, b""))

    def messages(self, stop: Callable[[], bool]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (worker, message) as they come, (-1, {}) when nothing comes for a moment.

        End when all are done or out of time, or `stop` says so.
        """
        while len(self._gone) < len(self._workers) and not stop():
            now = time.monotonic()
            for k, worker in enumerate(self._workers):
                if k not in self._gone and now >= self._ends[k]:
                    self._gone.add(k)
                    worker.kill()
            try:
                k, line = self._lines.get(timeout=POLL)
            except queue.Empty:
                yield -1, {}
                continue
            if line:
                yield k, json.loads(line)
            else:
                self._gone.add(k)


def _write(worker: subprocess.Popen[bytes], letters: queue.SimpleQueue[Order | Go | None]) -> None:
    pipe = worker.stdin
    if pipe is None:
        return
    try:
        with pipe:
            while (letter := letters.get()) is not None:
                pickle.dump(letter, pipe)
                pipe.flush()
    except (OSError, ValueError):  # the worker was ended while we talked to it
        pass
