"""Start everything on one machine: prepare the database, run the scheduler beside the web server.

`flask start` is what `make run` calls. Installations with several web processes run `flask prepare`,
their own WSGI server and `flask jobs run` instead.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade
from waitress import create_server

from app import clock, jobs
from app.scheduler_process import SchedulerProcess, follow_parent

log = logging.getLogger(__name__)
TICK_SECONDS = 10
jobs_cli = AppGroup("jobs", help="Scheduled work: reminders, lapses, mail.")
Step = Callable[[], None]


def init_app(app: Flask, prepare_steps: list[tuple[str, Step]], greeting: Callable[[], str]) -> None:
    """Register `start`, `prepare` and `jobs`; `prepare_steps` run in order after the migrations."""
    app.cli.add_command(jobs_cli)
    app.extensions["tandem_prepare"] = prepare_steps
    app.extensions["tandem_greeting"] = greeting
    app.cli.add_command(start)
    app.cli.add_command(prepare)


def prepare_everything() -> None:
    """Migrate, then run the registered steps in order."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    for label, step in current_app.extensions["tandem_prepare"]:
        try:
            step()
        except Exception:
            click.echo(f"Could not {label}.", err=True)
            raise


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate the database and load curricula (and the demo organisation where DEMO=1)."""
    prepare_everything()
    click.echo("Ready.")


@click.command("start")
@with_appcontext
def start() -> None:
    """Prepare, then serve pages and run the scheduler until Ctrl-C or SIGTERM."""
    settings = current_app.config["SETTINGS"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, _leave)
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.web_threads,
            clear_untrusted_proxy_headers=not settings.trusted_proxies,
        )
    except OSError as error:
        raise click.ClickException(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            "Choose another with PORT=8001."
        ) from error
    scheduler = SchedulerProcess()
    try:
        prepare_everything()
        scheduler.begin()
        click.echo(current_app.extensions["tandem_greeting"]())
        sys.stdout.flush()
        server.run()
    finally:
        server.close()
        scheduler.stop()
        click.echo("Stopped. Everything that was saved is kept.")


@jobs_cli.command("run")
@click.option("--with-parent", is_flag=True, help="Begin on a line from standard input, end at its end.")
@with_appcontext
def run_jobs(with_parent: bool) -> None:
    """Run scheduled work until Ctrl-C or SIGTERM; any number of these may run at once."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stopping = threading.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: stopping.set())
    if with_parent:
        follow_parent(sys.stdin.buffer, stopping.set)
    if stopping.is_set():
        return

    def tick() -> None:
        with app.app_context():
            moment = clock.now()
            jobs.beat(moment)
            jobs.run_due(moment)

    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick, "interval", seconds=TICK_SECONDS, next_run_time=clock.now(), max_instances=1, coalesce=True
    )
    scheduler.start()
    stopping.wait()
    scheduler.shutdown(wait=True)


@jobs_cli.command("list")
@with_appcontext
def show_jobs() -> None:
    """List the scheduled work and how often it runs."""
    for job in jobs.list_jobs():
        click.echo(f"{job.name:32} every {job.every}")


@jobs_cli.command("due")
@with_appcontext
def run_due() -> None:
    """Run what is due now, once, and say what ran."""
    click.echo("\n".join(jobs.run_due(clock.now())) or "Nothing was due.")


def _leave(*_: object) -> None:
    raise SystemExit(0)
