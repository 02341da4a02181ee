"""What a page costs when nothing that is kept by its content can be used: after a start, or if all changed.

`python -m bench.anew` prints it for the pages that keep most, beside the same page asked again and the bare
page. Everything runs in one process, without a server between.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import statistics
import tempfile
import time
from functools import _lru_cache_wrapper

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.web.kept import Keep
from bench.load import Request
from bench.web import prepare
from config import read_settings

PAGES = ("home", "team matrix", "HR board")
ROUNDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages with and without what is kept.")
    parser.add_argument("--people", type=int, default=1000)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        env = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite",
            "INSTANCE_DIR": folder,
            "SECRET_KEY": "only-for-the-benchmark-only-for-the-benchmark",
        }
        os.environ["DATABASE_URL"] = env["DATABASE_URL"]
        app = create_app(read_settings(env))
        with app.app_context():
            pages, _counts = prepare(app, options.people)
        from bench.bare import app as bare  # noqa: PLC0415 -- reads the address of the database when imported

        print(
            "| page | bare ms | asked again ms | × bare | all anew ms | × bare |\n|---|--:|--:|--:|--:|--:|"
        )
        for page in pages:
            if page.name in PAGES:
                requests = [request for n in range(ROUNDS) if (request := page.make(n))]
                _print_line(page.name, app, bare, requests)


def _print_line(name: str, app: Flask, bare: Flask, requests: list[Request]) -> None:
    for request in requests:
        _time(app, request)
    again, anew, reference = [], [], []
    for request in requests:
        reference.append(_time(bare, Request("/")))
        again.append(_time(app, request))
        _forget_everything(app)
        anew.append(_time(app, request))
        _time(app, request)
    least = statistics.median(reference)
    again_ms, anew_ms = statistics.median(again), statistics.median(anew)
    print(
        f"| {name} | {least:.1f} | {again_ms:.1f} | {again_ms / least:.1f} "
        f"| {anew_ms:.1f} | {anew_ms / least:.1f} |"
    )


def _time(app: Flask, request: Request) -> float:
    """Return the milliseconds that an answer takes."""
    environ = EnvironBuilder(request.path, headers={"Cookie": request.cookie or ""}).get_environ()
    begun = time.perf_counter()
    body, status, _headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    b"".join(body)
    spent = time.perf_counter() - begun
    if not status.startswith("200"):
        raise RuntimeError(f"{request.path} answered {status}")
    return spent * 1000


def _forget_everything(app: Flask) -> None:
    """Drop all that the product keeps by content, and the parts of pages that were drawn."""
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and (each.__module__ or "").startswith("app."):
            each.cache_clear()
    extension = app.jinja_env.extensions[Keep.identifier]
    assert isinstance(extension, Keep)
    extension.forget()


if __name__ == "__main__":
    main()
