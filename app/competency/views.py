"""Pages of levels: my matrix, a person's, the explanation of one level."""

from __future__ import annotations

from flask import Flask

from app.competency import jobs
from app.competency.cli import competency_cli


def init_app(app: Flask) -> None:
    """Register the pages, the command and the scheduled work."""
    app.cli.add_command(competency_cli)
    jobs.register()
