"""The scheduler as a child of `flask start`: starts early, begins on a word, ends with its parent.

The two share a pipe, the child's standard input. The child imports everything while the parent still
prepares the database, and begins to work when the parent writes a line. When the parent ends in whatever
way, even by SIGKILL, the kernel closes the pipe, and the child leaves.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run", "--with-parent")
STOP_SECONDS = 10
PAUSE_SECONDS = 2


class SchedulerProcess:
    """A scheduler that is started again, after a pause of 2 s, whenever it ends before it was told to."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._spawn()

    @staticmethod
    def _spawn() -> subprocess.Popen[bytes]:
        return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603

    def begin(self) -> None:
        """Let it work: the database is ready."""
        self._tell()
        threading.Thread(target=self._watch, name="scheduler watch", daemon=True).start()

    def stop(self) -> None:
        """End it: what it works on is finished first, for at most 10 s."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _tell(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was made with one
        try:
            pipe.write(b"go\n")
            pipe.flush()
        except BrokenPipeError:
            log.debug("the scheduler ended before it began")

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(PAUSE_SECONDS):
                return
            log.error("the scheduler process ended with code %s and is started again", code)
            self._process = self._spawn()
            if self._stopping.is_set():
                self._process.kill()
                return
            self._tell()


def follow_parent(pipe: IO[bytes], leave: Callable[[], None]) -> None:
    """Wait in the child until the parent says to begin; from then on call `leave` when the parent is gone.

    The thread reads the bare descriptor: a lock on the buffered stream, held at exit, is a fatal error.
    """
    if not pipe.readline():
        leave()
        return

    descriptor = pipe.fileno()

    def watch() -> None:
        while os.read(descriptor, 1024):
            pass
        leave()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
