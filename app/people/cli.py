"""Commands about people: import a file, make the first administrator, set a password."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from app import clock
from app.db import transaction
from app.people import passwords, queries_accounts, service_import, service_passwords, service_people
from app.people.import_cells import Unfit, email
from app.people.import_cells import name as plain_name
from app.people.import_file import UnreadableFile, read_sheet
from app.people.import_plan import Plan

people_cli = AppGroup("people", help="People: import, first administrator, passwords.")
SHOWN = 50
from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for."
)


@people_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, complete.")
@with_appcontext
def import_file(file: Path, dry_run: bool, as_json: bool) -> None:
    """Add and change people from a CSV or XLSX FILE (- for standard input).

    Sound rows are imported, the others reported with row and column. Exit code 0: every row was sound;
    1: some were left out; 2: the file could not be read.
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        sheet = read_sheet(content)
    except UnreadableFile as error:
        if as_json:
            click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
        else:
            click.echo(f"{file}: {error}", err=True)
        raise SystemExit(2) from error
    if dry_run:
        plan = service_import.plan(sheet, may_make_admins=True)
    else:
        with transaction():
            plan = service_import.import_people(sheet, clock.now(), may_make_admins=True)
    if as_json:
        click.echo(json.dumps(_as_json(plan, dry_run), ensure_ascii=False, indent=1))
    else:
        _tell(plan, dry_run)
    raise SystemExit(1 if plan.problems else 0)


@people_cli.command("create-admin")
@click.argument("address", metavar="EMAIL")
@click.argument("name")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for."
)
@with_appcontext
def create_admin(address: str, name: str, password_stdin: bool) -> None:
    """Make an administrator, or make the person with this e-mail one, and set their password."""
    try:
        address = email(address)
    except Unfit as error:
        raise click.ClickException(f"{address} {error}") from error
    try:
        name = plain_name(name)
    except Unfit as error:
        raise click.ClickException(f"The name {error}") from error
    password, now = _ask(address, password_stdin), clock.now()
    with transaction():
        person_id = service_people.make_admin(address, name, now)
        service_passwords.set_password(person_id, password, now)
    click.echo(f"{address} administers Tandem now.")


@people_cli.command("set-password")
@click.argument("address", metavar="EMAIL")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for."
)
@with_appcontext
def set_password(address: str, password_stdin: bool) -> None:
    """Set a person's password and sign them out everywhere."""
    person_id = queries_accounts.id_by_email(address)
    if person_id is None:
        raise click.ClickException(f"Nobody has the e-mail {address}.")
    password = _ask(address, password_stdin)
    with transaction():
        service_passwords.set_password(person_id, password, clock.now())
    click.echo(f"The password of {address} is set; every browser was signed out.")


def _ask(address: str, password_stdin: bool) -> str:
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    words = {
        "short": f"Use at least {passwords.MIN_LENGTH} characters.",
        "long": f"Use at most {passwords.MAX_LENGTH} characters.",
        "email": "Choose something other than the e-mail.",
        "common": "This one is guessed early. Choose another.",
    }
    problem = passwords.problem_with(password, address)
    if problem:
        raise click.ClickException(words[problem])
    return password


def _tell(plan: Plan, dry_run: bool) -> None:
    for problem in plan.problems:
        shown = f" [{problem.value}]" if problem.value else ""
        click.echo(f"{problem}{shown}", err=True)
    would = "Would be" if dry_run else "Was"
    for change in plan.changes[:SHOWN]:
        what = "new" if change.person_id is None else ", ".join(field.column for field in change.fields)
        click.echo(f"row {change.row}: {change.email}: {what}")
    if len(plan.changes) > SHOWN:
        click.echo(f"… and {len(plan.changes) - SHOWN} more (--json lists all)")
    for department in plan.new_departments:
        click.echo(f"{would} made: department {department}")
    for department, team in plan.new_teams:
        click.echo(f"{would} made: team {team} in {department}")
    if plan.ignored:
        click.echo(f"Columns not used: {', '.join(plan.ignored)}")
    left_out = len({problem.row for problem in plan.problems})
    click.echo(
        f"{'Dry run, nothing written: ' if dry_run else ''}{plan.rows} rows: {len(plan.created)} new, "
        f"{len(plan.changed)} changed, {plan.unchanged} unchanged, {left_out} left out."
    )


def _as_json(plan: Plan, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "rows": plan.rows,
        "created": [{"row": each.row, "email": each.email} for each in plan.created],
        "changed": [
            {"row": each.row, "email": each.email, "columns": [field.column for field in each.fields]}
            for each in plan.changed
        ],
        "unchanged": plan.unchanged,
        "errors": [
            {"row": each.row, "column": each.column, "value": each.value, "message": each.message}
            for each in plan.problems
        ],
        "new_departments": list(plan.new_departments),
        "new_teams": [{"department": department, "team": team} for department, team in plan.new_teams],
        "ignored_columns": list(plan.ignored),
    }
