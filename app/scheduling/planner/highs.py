"""Run HiGHS in a child process and listen to it: plans and bounds as they come, a stop at any moment."""

from __future__ import annotations

import io
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .rotation_mip import Program

CHILD = Path(__file__).with_name("highs_child.py")
POLL_SECONDS = 0.1
GRACE_SECONDS = 2.0


class SolverFailed(RuntimeError):
    """The solver's process ended without a word; the text is what it wrote to its error output."""


@dataclass(slots=True)
class Answer:
    """Hold what a run found: columns at 1 (None: no plan), a proven bound, whether it was finished."""

    ones: list[int] | None = None
    objective: float = float("-inf")
    bound: float = float("inf")
    finished: bool = False
    infeasible: bool = False
    plans: int = field(default=0)


def run_highs(
    program: Program,
    *,
    seconds: float,
    seed: int,
    step: float = 1.0,
    nodes: int | None = None,
    start: Iterable[int] | None = None,
    stop: Callable[[], bool] | None = None,
    heard: Callable[[Answer], None] | None = None,
) -> Answer:
    """Maximise `program` for at most `seconds`; objective values are multiples of `step`.

    `start` lists the whole columns at 1 of a plan to begin with.
    With a limit of `nodes` instead of time the same seed gives the same answer. `heard` is called after
    every new plan or bound, `stop` about ten times a second. Raise `SolverFailed` if the process breaks.
    """
    answer = Answer()
    ends_at = time.monotonic() + seconds + GRACE_SECONDS
    child = subprocess.Popen(  # noqa: S603 our own interpreter and our own file
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    errors: list[bytes] = []
    data = _packed(
        program,
        list(start or ()),
        seconds=seconds,
        seed=seed % 2**31,
        step=step,
        nodes=-1 if nodes is None else nodes,
    )
    threads = [
        threading.Thread(target=_feed, args=(child, data), daemon=True),
        threading.Thread(target=_listen, args=(child, lines), daemon=True),
        threading.Thread(target=lambda: errors.append(child.stderr.read()), daemon=True),  # type: ignore[union-attr]
    ]
    try:
        for thread in threads:
            thread.start()
        _hear(lines, answer, ends_at, stop, heard)
    finally:
        child.kill()
        child.wait()
        for thread in threads:
            thread.join()
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()
    if not answer.finished and answer.ones is None and b"".join(errors).strip():
        raise SolverFailed(b"".join(errors).decode(errors="replace").strip().splitlines()[-1])
    return answer


def _hear(
    lines: queue.SimpleQueue[bytes | None],
    answer: Answer,
    ends_at: float,
    stop: Callable[[], bool] | None,
    heard: Callable[[Answer], None] | None,
) -> None:
    while time.monotonic() < ends_at and not (stop is not None and stop()):
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        _take(answer, json.loads(line))
        if heard is not None:
            heard(answer)


def _take(answer: Answer, message: dict[str, Any]) -> None:
    if "ones" in message and message["objective"] > answer.objective:
        answer.ones, answer.objective = message["ones"], message["objective"]
        answer.plans += 1
    bound = message.get("value") if message["kind"] == "bound" else message.get("bound")
    if bound is not None:
        answer.bound = min(answer.bound, bound)
    if message["kind"] == "end":
        answer.finished = message["status"] == "Optimal"
        answer.infeasible = message["status"] == "Infeasible"


def _packed(program: Program, start: list[int], **settings: Any) -> bytes:
    out = io.BytesIO()
    np.savez(
        out,
        cost=np.array(program.cost, dtype=np.float64),
        lower=np.array(program.lower, dtype=np.float64),
        upper=np.array(program.upper, dtype=np.float64),
        whole=np.array(program.whole, dtype=np.bool_),
        row_low=np.array(program.row_low, dtype=np.float64),
        row_high=np.array(program.row_high, dtype=np.float64),
        starts=np.array(program.starts, dtype=np.int32),
        index=np.array(program.index, dtype=np.int32),
        value=np.array(program.value, dtype=np.float64),
        start=np.array(start, dtype=np.int64),
        **settings,
    )
    return out.getvalue()


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 a pipe was asked for
    try:
        with child.stdin as pipe:
            pipe.write(data)
    except BrokenPipeError:
        return


def _listen(child: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    assert child.stdout is not None  # noqa: S101 a pipe was asked for
    for line in child.stdout:
        lines.put(line)
    lines.put(None)
