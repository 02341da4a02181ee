"""`flask curriculum check` and `flask curriculum load`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app import clock
from app.authoring.library import Library
from app.authoring.load import digest_of, load
from app.authoring.reader import read_library
from app.curriculum import queries
from app.db import transaction

curriculum_cli = AppGroup("curriculum", help="The curriculum files: check and load.")
folder_argument = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@curriculum_cli.command("check")
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="Print faults and warnings as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Check every file of a library; print each fault as path:line:column: message.

    What may be meant otherwise in a quiz is a warning on standard error; warnings do not fail the check.
    """
    reading = read_library(folder or current_app.config["SETTINGS"].library)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "errors": [asdict(problem) for problem in reading.problems],
                    "warnings": [asdict(problem) for problem in reading.warnings],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for problem in reading.problems:
            click.echo(str(problem))
        for problem in reading.warnings:
            click.echo(
                f"{problem.path}:{problem.line}:{problem.column}: warning: {problem.message}", err=True
            )
        click.echo(_summary(reading.library), err=True)
    if reading.problems:
        raise SystemExit(1)


@curriculum_cli.command("load")
@folder_argument
@with_appcontext
def load_files(folder: Path | None) -> None:
    """Load a valid library in one transaction; loading it again changes nothing."""
    root = folder or current_app.config["SETTINGS"].library
    digest = digest_of(root)
    library = _read_or_stop(root)
    with transaction():
        changes = load(library, digest, clock.now())
    for change in changes:
        click.echo(change)
    click.echo(_outcome(len(changes)))


def _outcome(changes: int) -> str:
    if not changes:
        return "Nothing changed."
    return "1 change." if changes == 1 else f"{changes} changes."


def load_if_changed() -> None:
    """Load the installation's library unless its files are those of the last load."""
    root = current_app.config["SETTINGS"].library
    digest = digest_of(root)
    last = queries.last_load()
    if last and last[1] == digest:
        return
    library = _read_or_stop(root)
    with transaction():
        load(library, digest, clock.now())


def _read_or_stop(root: Path) -> Library:
    reading = read_library(root)
    if reading.library is None:
        for problem in reading.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException("Nothing was loaded. Mend the lines above and load again.")
    return reading.library


def _summary(library: Library | None) -> str:
    if library is None:
        return "Not loadable until these are mended."
    return (
        f"{len(library.framework.competencies)} competencies, {len(library.catalogue.curricula)} curricula, "
        f"{len(library.catalogue.modules)} modules, "
        f"{sum(len(quiz.questions) for quiz in library.quizzes)} questions, "
        f"{len(library.role_plays)} role-plays, {len(library.programmes)} programmes: all valid."
    )
