"""`flask competency …`: check or rebuild the stored matrix."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app import clock
from app.competency import service
from app.competency.inputs import Drift
from app.competency.queries import NoFramework
from app.db import transaction

competency_cli = AppGroup("competency", help="The evidence ledger and the matrix made from it.")


@competency_cli.command("rebuild")
@click.option("--check", is_flag=True, help="Report differences only; exit 1 when there are any.")
def rebuild(check: bool) -> None:
    """Work every level out again from the ledger and put the stored matrix right."""
    with transaction():
        try:
            drifts = service.rebuild(clock.now(), check=check)
        except NoFramework as missing:
            raise click.ClickException(str(missing)) from missing
    for drift in drifts:
        click.echo(_line(drift))
    if not drifts:
        click.echo("The stored matrix agrees with the ledger.")
    elif check:
        click.echo(
            f"{len(drifts)} rows differ from the ledger. Put them right with: flask competency rebuild"
        )
        raise SystemExit(1)
    else:
        click.echo(f"Put {len(drifts)} rows right.")


def _line(drift: Drift) -> str:
    stored, computed = dict(drift.stored or {}), dict(drift.computed or {})
    where = f"person {drift.person_id}, {drift.competency_id}: "
    if not stored:
        return where + f"no row stored, the ledger gives level {computed['level']}"
    names = [name for name in computed if stored.get(name) != computed[name]]
    return where + "; ".join(
        f"{name} is {_said(stored.get(name))}, the ledger gives {_said(computed[name])}" for name in names
    )


def _said(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
