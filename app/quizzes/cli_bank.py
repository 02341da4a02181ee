"""Commands on the question bank: `flask questions import` and `flask questions export`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from app import clock
from app.db import transaction
from app.quizzes import formats, queries
from app.quizzes.cli_formats import AS_JSON, FILE, READ_AS, questions_cli, read_file
from app.quizzes.formats.registry import problem_line
from app.quizzes.service_bank import Kept, import_questions, preview_import
from app.quizzes.service_regrade import UnknownQuestion, regrade_question

WORDS = {
    "repeated": "its id stood in this file before; give it another",
    "refused": "it belongs to the curriculum files; change it there",
}


@questions_cli.command("import")
@FILE
@READ_AS
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@AS_JSON
def import_file(file: Path, format_: str | None, dry_run: bool, as_json: bool) -> None:
    """Put the questions of FILE into the bank; a changed question becomes a new version.

    Importing the same file again changes nothing. What can be read is imported even where another
    question of the file cannot; then the exit status is 1.
    """
    result = read_file(file, format_)
    if dry_run:
        kept = preview_import(result.questions)
    else:
        with transaction():
            kept = import_questions(result.questions, clock.now())
    counts = Counter(each.what for each in kept)
    if as_json:
        report = formats.report(result)
        click.echo(
            json.dumps(
                {
                    "format": result.format,
                    "dry_run": dry_run,
                    "counts": counts,
                    "questions": [
                        {
                            "id": each.question_id,
                            "name": question.name,
                            "type": question.type.value,
                            "what": each.what,
                            "version": each.version,
                        }  # noqa: E501
                        for each, question in zip(kept, result.questions, strict=True)
                    ],
                    "errors": report["errors"],
                    "warnings": report["warnings"],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        _print(file, result, kept, dry_run)
    if result.errors or counts["repeated"] or counts["refused"]:
        raise SystemExit(1)


@questions_cli.command("export")
@click.option("--to", "target", type=click.Choice(formats.WRITABLE), required=True, help="Format to write.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write."
)
@click.option("--quiz", "quiz", help="Only the questions of one quiz, named module/activity.")
@AS_JSON
def export_file(target: str, output: Path, quiz: str | None, as_json: bool) -> None:
    """Write the current version of every question of the bank, or of one quiz, to a file."""
    if quiz is None:
        questions = [question for _key, _origin, question in queries.bank_questions()]
    else:
        questions = [question for _version, question in queries.current_questions(quiz)]
        if not questions:
            raise click.ClickException(f"There is no quiz {quiz}. Name it as module/activity.")
    written = formats.write(questions, target)
    output.write_bytes(written.data)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "to": target,
                    "output": str(output),
                    "written": written.written,
                    "of": len(questions),
                    "warnings": [asdict(problem) for problem in written.warnings],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    for problem in written.warnings:
        click.echo(f"{output}: warning: {problem_line(problem)}", err=True)
    click.echo(f"{output}: {written.written} of {len(questions)} questions written as {target}")


def _print(file: Path, result: formats.ReadResult, kept: list[Kept], dry_run: bool) -> None:
    for problem in result.errors:
        click.echo(f"{file}:{problem_line(problem)}", err=True)
    for problem in result.warnings:
        click.echo(f"{file}: warning: {problem_line(problem)}", err=True)
    for each, question in zip(kept, result.questions, strict=True):
        if each.what in WORDS:
            click.echo(f"{file}:{question.line}: {each.question_id}: {WORDS[each.what]}", err=True)
    counts = Counter(each.what for each in kept)
    said = ", ".join(f"{counts[what]} {what}" for what in ("new", "changed", "unchanged") if counts[what])
    click.echo(f"{file}: {'would be ' if dry_run else ''}{said or 'nothing to import'}")


@questions_cli.command("regrade")
@click.argument("question_id")
@click.option("--reason", required=True, help="What was wrong and is mended; the people concerned read it.")
@AS_JSON
def regrade(question_id: str, reason: str, as_json: bool) -> None:
    """Mark finished attempts again under the current version of a question, and tell who is concerned."""
    try:
        with transaction():
            done = regrade_question(question_id, reason, None, clock.now())
    except UnknownQuestion as unknown:
        raise click.ClickException(f"There is no question {question_id} in the bank.") from unknown
    if as_json:
        click.echo(json.dumps({"attempts": [asdict(each) for each in done]}, indent=1))
        return
    for each in done:
        result = each.skipped or f"{_percent(each.before)} became {_percent(each.after)}"
        click.echo(f"attempt {each.attempt_id} of person {each.person_id}: {result}")
    click.echo(f"{len(done)} attempts concerned.")


def _percent(value: float | None) -> str:
    return "no result yet" if value is None else f"{value:g} %"
