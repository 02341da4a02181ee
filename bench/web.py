"""Measure the web pages beside a bare Flask + SQLAlchemy page of five queries, in the same run.

`python -m bench.web` builds a SQLite database with 1,000 people in a temporary folder, serves the product and
the bare page with waitress and the same number of threads, and prints requests per second, the 95th
percentile and the ratio of time per request at concurrency 1, 8 and 32, and the queries of every page.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import clock, create_app
from app.authoring.cli import load_if_changed
from app.db import db
from bench import web_data as data
from bench.load import Measured, Request, measure
from config import ROOT, read_settings

THREADS = 8
Found = tuple[Measured, float]
"""What was measured, and the milliseconds of processor time per request."""


@dataclass(frozen=True)
class Page:
    """One kind of request; `make(n)` is the n-th, None when there are no more."""

    name: str
    make: Callable[[int], Request | None]


@dataclass(frozen=True)
class Server:
    """A server under load; the processor time it uses hardly depends on what else the machine does."""

    port: int
    process: psutil.Process

    def measure(self, make: Callable[[int], Request | None], *, concurrency: int, seconds: float) -> Found:
        """Return what was measured and the milliseconds of processor time per request."""
        before = self.process.cpu_times()
        found = measure(self.port, make, concurrency=concurrency, seconds=seconds)
        after = self.process.cpu_times()
        used = after.user + after.system - before.user - before.system
        return found, 1000 * used / max(found.requests, 1)


def main() -> None:
    options = _options()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        env = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite",
            "INSTANCE_DIR": folder,
            "SECRET_KEY": "only-for-the-benchmark-only-for-the-benchmark",
            "TANDEM_ENV": "production",
            "BASE_URL": "http://localhost",
        }
        app = create_app(read_settings(env))
        with app.app_context():
            began = time.perf_counter()
            pages, counts = prepare(app, options.people, measured=len(options.concurrency))
            took, busy = time.perf_counter() - began, os.getloadavg()[0]
            print(f"{options.people} people, loaded in {took:.0f} s; load average {busy:.1f}\n")
        with _serving("wsgi:app", env) as product, _serving("bench.bare:app", env) as bare:
            _report(pages, counts, product, bare, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the web pages beside a bare page.")
    parser.add_argument("--seconds", type=float, default=5.0, help="seconds per measurement")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--pages", nargs="+", help="only these pages, by the start of their names")
    parser.add_argument("--quick", action="store_true", help="1 s each, at concurrency 1 and 8, 200 people")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.concurrency, options.people = 1.0, [1, 8], 200
    return options


def prepare(app: Flask, people: int, *, measured: int = 1) -> tuple[list[Page], dict[str, tuple[int, int]]]:
    """Build the database in two steps and count the queries of every page after each."""
    now = clock.now()
    upgrade()
    load_if_changed()
    data.add_people(0, 20, 20, now)
    data.give_passwords(range(2), now)
    few = _count_queries(app, _pages(app, range(2, 4), range(4, 6), team=data.SMALL_TEAM))
    data.add_people(20, 60, 60, now)
    data.add_people(80, people - 80, 25, now)
    data.give_passwords(range(2, data.SIGNERS), now)
    writers = range(100, 100 + min(data.WRITERS, people // 4))
    pages = _pages(app, writers, range(writers.stop, people), measured=measured)
    many = _count_queries(app, _pages(app, range(80, 82), range(82, 84)))
    return pages, {name: (few[name], many[name]) for name in many}


def _pages(
    app: Flask, writers: range, submitters: range, team: str = data.BIG_TEAM, measured: int = 1
) -> list[Page]:
    """Return the pages. An attempt is handed in once: each of the measurements has its share of them."""
    now = clock.now()
    employees = [data.sign_in(app, each) for each in data.person_ids(writers)]
    hr = data.sign_in(app, data.person_ids([0])[0])
    nobody = data.sign_in(app, None)
    writing = data.begin_attempts(app, writers, now, answered=False)
    handing_in = iter(data.begin_attempts(app, submitters, now, answered=True))
    share = len(submitters) // measured
    team_id = data.team_id(team)

    def as_employee(path: str) -> Callable[[int], Request]:
        return lambda n: Request(path, cookie=employees[n % len(employees)].cookie)

    def sign_in(n: int) -> Request:
        form = {"csrf_token": nobody.token, "email": data.email(n % data.SIGNERS), "password": data.PASSWORD}
        return Request("/sign-in", form, nobody.cookie, (303, 302))

    def save(n: int) -> Request:
        each = writing[n % len(writing)]
        form = {
            "csrf_token": each.who.token, "page": "bench", "step": str(n + 1),
            f"v-{each.position}": "0", f"q-{each.position}": str(n // len(writing) % 2),
        }  # fmt: skip
        return Request(f"/attempts/{each.attempt_id}/answers", form, each.who.cookie)

    def submit(n: int) -> Request | None:
        each = next(handing_in, None) if n < share else None
        if each is None:
            return None
        form = {"csrf_token": each.who.token}
        return Request(f"/attempts/{each.attempt_id}/submit", form, each.who.cookie, (303,))

    return [
        Page("sign-in", sign_in),
        Page("home", as_employee("/")),
        Page("module page", as_employee(f"/modules/{data.MODULE}")),
        Page("quiz save", save),
        Page("quiz submit", submit),
        Page("team matrix", lambda _n: Request(f"/teams/{team_id}/matrix", cookie=hr.cookie)),
        Page("HR board", lambda _n: Request("/onboarding", cookie=hr.cookie)),
    ]


def _count_queries(app: Flask, pages: list[Page]) -> dict[str, int]:
    """Return the statements each page sends, counted at its second request."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    counts = {}
    for page in pages:
        for number in (0, 1):
            request = page.make(number)
            assert request is not None
            sent.clear()
            with app.app_context():
                answer = app.test_client(use_cookies=False).open(
                    request.path,
                    method="GET" if request.form is None else "POST",
                    data=request.form,
                    headers={"Cookie": request.cookie},
                )
            assert answer.status_code in request.expect, (page.name, answer.status_code)
        counts[page.name] = len(sent)
    event.remove(db.engine, "before_cursor_execute", note)
    return counts


@contextmanager
def _serving(target: str, env: dict[str, str]) -> Iterator[Server]:
    """Serve a WSGI application with waitress in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [f"--listen=127.0.0.1:{port}", f"--threads={THREADS}", target]
    process = subprocess.Popen(
        [sys.executable, "-m", "waitress", *words],
        cwd=ROOT, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server on port {port} did not start")


def _report(
    pages: list[Page],
    counts: dict[str, tuple[int, int]],
    product: Server,
    bare: Server,
    options: argparse.Namespace,
) -> None:
    """Print a line per page and concurrency; both references are measured around each page."""
    print(
        "| page | at once | requests/s | p95 ms | × bare | CPU ms | CPU × bare | CPU × raw "
        "| queries, 20 people | all |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for concurrency in options.concurrency:
        before = _references(bare, concurrency, options.seconds)
        _print_line("bare page", concurrency, before[0], before, (5, 5))
        _print_line("bare page, raw SQL", concurrency, before[1], before, (5, 5))
        for page in pages:
            if options.pages and not page.name.startswith(tuple(options.pages)):
                continue
            if page.name == "sign-in":
                hashing = _measure_bare(bare, "/password", concurrency, options.seconds)
                _print_line("bare page, one password", concurrency, hashing, before, (5, 5))
            if page.name != "quiz submit":  # its attempts are few
                product.measure(page.make, concurrency=concurrency, seconds=0.5)
            found = product.measure(page.make, concurrency=concurrency, seconds=options.seconds)
            after = _references(bare, concurrency, options.seconds / 2)
            around = (_mean(before[0], after[0]), _mean(before[1], after[1]))
            _print_line(page.name, concurrency, found, around, counts[page.name])
            before = after


def _references(bare: Server, concurrency: int, seconds: float) -> tuple[Found, Found]:
    """Measure the bare page and its sister in raw SQL."""
    return (
        _measure_bare(bare, "/", concurrency, seconds),
        _measure_bare(bare, "/raw", concurrency, seconds),
    )


def _measure_bare(bare: Server, path: str, concurrency: int, seconds: float) -> Found:
    bare.measure(lambda _n: Request(path), concurrency=concurrency, seconds=0.2)
    return bare.measure(lambda _n: Request(path), concurrency=concurrency, seconds=seconds)


def _mean(first: Found, second: Found) -> Found:
    """Return the mean of what was measured just before and just after a page: machines change their pace."""
    (one, one_cpu), (other, other_cpu) = first, second
    mean = Measured(
        (one.per_second + other.per_second) / 2,
        (one.p95_ms + other.p95_ms) / 2,
        one.requests + other.requests,
    )
    return mean, (one_cpu + other_cpu) / 2


def _print_line(
    name: str,
    concurrency: int,
    found: Found,
    references: tuple[Found, Found],
    queries: tuple[int, int],
) -> None:
    (measured, cpu), (bare, bare_cpu), (_raw, raw_cpu) = found, *references
    slower = bare.per_second / max(measured.per_second, 0.001)
    print(
        f"| {name} | {concurrency} | {measured.per_second:.1f} | {measured.p95_ms:.1f} | {slower:.1f} "
        f"| {cpu:.1f} | {cpu / bare_cpu:.1f} | {cpu / raw_cpu:.1f} | {queries[0]} | {queries[1]} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
