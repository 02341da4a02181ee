"""`flask demo load`, and the step that fills an empty database at the first start."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app import clock
from app.db import transaction
from app.demo.build import build
from app.demo.roster import PASSWORD, SIGN_INS, members
from app.people import queries as people
from app.people.identity import DemoSignIn

demo_cli = AppGroup("demo", help="The demo organisation.")


@demo_cli.command("load")
@with_appcontext
def load() -> None:
    """Fill an empty database with the demo organisation; refuses where there are people already."""
    if not current_app.config["SETTINGS"].demo:
        raise click.ClickException("Demo sign-ins are off. Set DEMO=1, never on an installation people use.")
    if people.any_people():
        raise click.ClickException("There are people in this database already; nothing was changed.")
    with transaction():
        count = build(clock.now())
    click.echo(f"{count} people, with their months behind them.")
    click.echo(sign_in_words())


def load_if_empty() -> None:
    """Load the demo at the first start of a demo installation."""
    if not current_app.config["SETTINGS"].demo or people.any_people():
        return
    with transaction():
        build(clock.now())


def sign_ins() -> list[DemoSignIn]:
    """Return the demo sign-ins for the sign-in page."""
    by_key = {member.key: member for member in members()}
    return [DemoSignIn(kind, by_key[key].name, by_key[key].email, PASSWORD) for kind, key, _what in SIGN_INS]


def sign_in_words() -> str:
    """Return the demo sign-ins as lines for a terminal."""
    emails = {member.key: member.email for member in members()}
    lines = [f"  {kind:14} {emails[key]:24} {what}" for kind, key, what in SIGN_INS]
    return "\n".join([f"Sign in with the password {PASSWORD} as:", *lines])
