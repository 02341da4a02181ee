"""Commands on question files that need no database: `flask questions check` and `flask questions convert`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.quizzes import formats
from app.quizzes.formats.registry import problem_line
from app.quizzes.formats.result import MAX_BYTES

# What people call the formats elsewhere.
ALIASES = {
    "xml": "moodle-xml",
    "moodlexml": "moodle-xml",
    "moodle_xml": "moodle-xml",
    "qti21": "qti",
    "qti2.1": "qti",
    "qti-2.1": "qti",
    "qti-2.2": "qti",
    "qti-3.0": "qti",
    "qti-1.2": "common-cartridge",
    "qti12": "common-cartridge",
    "cc": "common-cartridge",
    "imscc": "common-cartridge",
    "canvas": "common-cartridge",
}


class FormatChoice(click.Choice):
    """Take a format by its name or by what it is called elsewhere."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the format's own name."""
        name = str(value).lower()
        return super().convert(ALIASES.get(name, name), param, ctx)


questions_cli = AppGroup("questions", help="Check and convert question files.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
READ_AS = click.option(
    "--format",
    "format_",
    type=FormatChoice(formats.READABLE),
    help="Read as this format instead of recognising it.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def read_file(path: Path, format_: str | None = None) -> formats.ReadResult:
    """Return what a question file holds; no more than the limit of its bytes is ever read."""
    with path.open("rb") as file:
        return formats.read(file.read(MAX_BYTES + 1), format_, path.name)


@questions_cli.command("check", with_appcontext=False)
@FILE
@READ_AS
@AS_JSON
def check(file: Path, format_: str | None, as_json: bool) -> None:
    """Read FILE and print its questions, errors and warnings; exit 1 when there are errors."""
    result = read_file(file, format_)
    if as_json:
        click.echo(json.dumps(formats.report(result), ensure_ascii=False, indent=1))
    else:
        _print_problems(str(file), result)
        click.echo(
            f"{file}: {result.format or 'unknown format'}, {len(result.questions)} questions, "
            f"{len(result.errors)} errors, {len(result.warnings)} warnings"
        )
    if result.errors:
        raise SystemExit(1)


@questions_cli.command("convert", with_appcontext=False)
@FILE
@click.option("--to", "target", type=FormatChoice(formats.WRITABLE), required=True, help="Format to write.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write."
)
@READ_AS
@AS_JSON
def convert(file: Path, target: str, output: Path, format_: str | None, as_json: bool) -> None:
    """Read FILE and write it in another format; exit 1 when a question could not be read."""
    result = read_file(file, format_)
    written = formats.write(result.questions, target, result.media)
    if written.written:
        output.write_bytes(written.data)
    if as_json:
        shown = formats.report(
            formats.ReadResult(result.format, (), result.errors, result.warnings + written.warnings)
        )
        del shown["questions"]
        shown |= {
            "read": len(result.questions),
            "written": written.written,
            "to": target,
            "output": str(output),
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        _print_problems(str(file), result)
        for problem in written.warnings:
            click.echo(f"{output}: warning: {problem_line(problem)}", err=True)
        click.echo(f"{output}: {written.written} of {len(result.questions)} questions written as {target}")
    if result.errors:
        raise SystemExit(1)


def _print_problems(path: str, result: formats.ReadResult) -> None:
    for problem in result.errors:
        click.echo(f"{path}:{problem_line(problem)}", err=True)
    for problem in result.warnings:
        click.echo(f"{path}: warning: {problem_line(problem)}", err=True)
