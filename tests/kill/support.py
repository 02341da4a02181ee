"""Real processes to kill: an installation in a folder of its own, its server, and one person's browser."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from flask import Flask
from flask_migrate import upgrade

from app import clock, create_app
from app.authoring.load import digest_of, load
from app.authoring.reader import read_library
from app.db import db, transaction
from config import ROOT, read_settings
from tests.competency.support import bring
from tests.support.client import PageClient
from tests.support.factories import Org, make_org

LIBRARY = ROOT / "tests" / "authoring" / "library"
START_SECONDS = 90  # a loaded machine imports slowly; an idle one needs two
STOP_SECONDS = 20
TYPED = """
// [id:calm-03] [tag:keep-calm]
::Word:: Which word helps? { =sorry =understood }
"""


def until(check: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first true answer of `check`; fail after some seconds."""
    ends = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < ends, f"after {seconds} s still not: {what}"
        threading.Event().wait(0.05)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """A folder with a small library and a small organisation, and the commands run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "library"
        self.port = free_port()
        self.env = {
            "PATH": os.environ["PATH"],
            "INSTANCE_DIR": str(folder / "instance"),
            "LIBRARY_DIR": str(self.library),
            "SECRET_KEY": "only-for-tests-only-for-tests-only",
            "DEMO": "0",
            "PORT": str(self.port),
        }

    def build(self) -> Org:
        """Fill the folder: files, migrated database, people; the host holds level 3."""
        shutil.copytree(LIBRARY, self.library)
        with (self.library / "content/calm/questions.gift").open("a", encoding="utf-8") as gift:
            gift.write(TYPED)
        with self.app():
            upgrade()
            org = make_org()
            reading = read_library(self.library)
            assert reading.library, reading.problems
            now = clock.now()
            with transaction():
                load(reading.library, digest_of(self.library), now - timedelta(days=30))
            bring(org.host, 3, org.other_manager, now - timedelta(days=3), "sell-well")
        return org

    def copy_to(self, folder: Path) -> Installation:
        """Return the same installation in another folder, on a port of its own."""
        shutil.copytree(self.folder, folder)
        return Installation(folder)

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """An application over the same database in this process."""
        app = create_app(read_settings(self.env))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return what a table holds now."""
        with self.app():
            return [
                tuple(row)
                for row in db.session.connection().exec_driver_sql(f"SELECT {columns} FROM {table}").all()
            ]

    def flask(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=self.env | dict(env or {}), check=False, capture_output=True, text=True,
            timeout=START_SECONDS,
        )  # fmt: skip

    @contextmanager
    def started(self) -> Iterator[Server]:
        """`flask start`, ready to serve; whatever is left of it at the end is killed."""
        server = Server(self)
        try:
            server.wait_ready()
            yield server
        finally:
            server.clean_up()


class Server:
    """`flask start` as a process."""

    def __init__(self, of: Installation) -> None:
        self.of = of
        self.log = (of.folder / "log.txt").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "start"],
            cwd=ROOT, env=of.env, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.family: list[psutil.Process] = []

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def wait_ready(self) -> None:
        """Wait until `/readyz` is content: pages, database and scheduler."""
        until(self._ready, START_SECONDS, "ready to serve")
        self.children()

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        connection = http.client.HTTPConnection("127.0.0.1", self.of.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def children(self) -> list[psutil.Process]:
        """Return the living processes it started; all that were ever seen are watched until the end."""
        found = [p for p in psutil.Process(self.process.pid).children(recursive=True) if _lives(p)]
        self.family += [each for each in found if each not in self.family]
        return found

    def send(self, sig: signal.Signals) -> None:
        self.process.send_signal(sig)

    def kill(self) -> None:
        """SIGKILL, as a power cut or the kernel's memory killer would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def wait_gone(self) -> None:
        """Wait until neither the server nor any process it started is left."""
        self.process.wait(STOP_SECONDS)
        until(lambda: not any(map(_lives, self.family)), STOP_SECONDS, "every process gone")

    def clean_up(self) -> None:
        for process in self.family:
            if _lives(process):
                process.kill()
        if self.process.poll() is None:
            self.kill()
        self.log.close()


class Browser:
    """One person's signed-in browser that talks to the real server."""

    def __init__(self, of: Installation, person_id: int) -> None:
        self.port = of.port
        with of.app() as app:
            client = PageClient(app, person_id)
            self._token = client.csrf()
            cookie = client.http.get_cookie("tandem")
            assert cookie
            self._cookie = f"tandem={cookie.value}"

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, Location and body. Raises OSError or HTTPException when the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                body = urlencode({"csrf_token": self._token, **form})
                connection.request("POST", path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheader("Location") or "", response.read().decode()
        finally:
            connection.close()

    def ask_json(self, path: str, form: Mapping[str, str]) -> Any:
        status, _location, body = self.ask(path, form)
        assert status == 200, (status, body[:300])
        return json.loads(body)


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process still does anything; an orphan nobody has collected does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
