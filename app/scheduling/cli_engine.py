"""Run a planner function from the command line: progress, Ctrl-C, memory, faults as text."""

from __future__ import annotations

import importlib
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from app.scheduling.planner.instance import parse_instance
from app.scheduling.planner.reading import InstanceError
from app.scheduling.planner.rotation_instance import parse_rotation
from app.scheduling.planner.solution import Progress

ENGINES = {"shadowing": "app.scheduling.planner.shadowing", "rotation": "app.scheduling.planner.rotation"}
LINE_EVERY_SECONDS = 1.0


class CannotPlan(ValueError):
    """The document can't be planned; the text has a line per fault with its place."""


def kind_of(document: Mapping[str, Any]) -> str:
    """Return "shadowing" or "rotation"; raise `CannotPlan` for any other format."""
    found = str(document.get("format"))
    kind, _, version = found.partition("/")
    if kind not in ENGINES or version != "1":
        raise CannotPlan(f"format: is {found!r}; write 'shadowing/1' or 'rotation/1'")
    return kind


def name_faults(document: Mapping[str, Any]) -> None:
    """Raise `CannotPlan` with the place and the mend of each fault of a document, if it has any."""
    parse = parse_rotation if kind_of(document) == "rotation" else parse_instance
    try:
        parse(document)
    except InstanceError as error:
        raise CannotPlan(str(error)) from error


def engine_for(document: Mapping[str, Any]) -> Any:
    """Return the module that plans this document; loaded late because its solvers load slowly.

    Raise `CannotPlan` first if the document is faulty.
    """
    name_faults(document)
    return importlib.import_module(ENGINES[kind_of(document)])


class PlannerRun:
    """One call of a planner function with its progress shown and Ctrl-C heard."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._told_a_plan = False
        self.interrupted = threading.Event()
        self._shown_at = float("-inf")
        self._line_open = False

    def finish(self, document: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
        """Plan until done, out of time or interrupted, and return the solution."""
        with self._listening():
            solution = self.call(document, **settings, stop=self.interrupted.is_set)
        self._end_line()
        return solution

    def call(self, *given: Any, **settings: Any) -> Any:
        """Call the function; turn faults of the document into `CannotPlan`."""
        try:
            return self.function(*given, **settings)
        except InstanceError as error:
            raise CannotPlan(str(error)) from error

    def show(self, progress: Progress) -> None:
        """Show the best so far, the bound and the seconds: a line a second, or one line in a terminal."""
        if progress.compiling:
            self._end_line()
            sys.stderr.write(
                "compiling the search once on this machine; this is not counted as search time\n"
            )
            sys.stderr.flush()
            return
        best, now = progress.objective, time.monotonic()
        news = bool(best) and not self._told_a_plan
        self._told_a_plan |= news
        if not news and now - self._shown_at < LINE_EVERY_SECONDS:
            return
        self._shown_at = now
        text = f"{progress.seconds:7.1f} s  best {_figure(best)}  bound {_figure(progress.bound)}"
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[2K" + text)
            self._line_open = True
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def _end_line(self) -> None:
        if self._line_open:
            sys.stderr.write("\n")
            self._line_open = False

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Let the first Ctrl-C stop the search and the second one end the program."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)

        def stop(_number: int, _frame: FrameType | None) -> None:
            sys.stderr.write("\nstopping, the best plan so far is kept\n")
            self.interrupted.set()
            signal.signal(signal.SIGINT, before)

        signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def peak_megabytes() -> float:
    """Return the most memory this process and its largest child held, in MB."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_maxrss for who in both) / 1024
