"""Is the process alive, and can it serve: `/healthz` and `/readyz`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock, jobs
from app.db import db
from app.web.guard import public

bp = Blueprint("health", __name__)
HEARTBEAT_LIMIT = timedelta(minutes=2)


@bp.get("/healthz")
@public
def healthz() -> Any:
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> Any:
    checks = {"database": _database(), "migrations": "not checked", "scheduler": "not checked"}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    if checks["migrations"] == "ok":
        checks["scheduler"] = _scheduler()
    ready = all(state == "ok" for state in checks.values())
    return {"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "cannot be reached"
    return "ok"


def _migrations() -> str:
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    current = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    return "ok" if current == set(script.get_heads()) else "pending: run flask --app wsgi db upgrade"


def _scheduler() -> str:
    beat_at = jobs.last_beat()
    if beat_at is None:
        return "never started: run flask --app wsgi jobs run"
    return "ok" if clock.now() - beat_at < HEARTBEAT_LIMIT else f"silent since {beat_at:%Y-%m-%d %H:%M} UTC"
