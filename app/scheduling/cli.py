"""`flask planner`: plan, check, explain, repair and invent planning files. No command needs a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.scheduling.checker import UnreadableInstance, check
from app.scheduling.cli_engine import CannotPlan, PlannerRun, engine_for, kind_of, name_faults
from app.scheduling.cli_files import BadFile, read_document, write_document, write_text
from app.scheduling.cli_text import (
    explanation_document,
    explanation_lines,
    report_lines,
    run_summary,
    summary_lines,
)
from app.scheduling.plan_picture import draw_week
from app.scheduling.planner.sample import TIGHTNESS, rotation_sample, shadowing_sample

planner_cli = AppGroup("planner", help="Plan shadowing and rotations from files, and check plans.")

READABLE = click.Path(dir_okay=False, path_type=Path)
INSTANCE = click.argument("instance", type=READABLE)
PLAN = click.argument("plan", type=READABLE)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
SEED = click.option("--seed", type=int, default=0, show_default=True, help="Seed of all random choices.")


class PlannerGroupError(click.ClickException):
    """A file that can't be used: the message names the place; the exit code is 2."""

    exit_code = 2


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_document(path)
    except BadFile as error:
        raise PlannerGroupError(str(error)) from error


def _engine(document: dict[str, Any], path: Path) -> Any:
    try:
        return engine_for(document)
    except CannotPlan as error:
        raise PlannerGroupError(f"{path}: {error}") from error


def _judge(instance: dict[str, Any], plan: dict[str, Any], path: Path) -> Any:
    try:
        return check(instance, plan)
    except UnreadableInstance as error:
        try:
            name_faults(instance)
        except CannotPlan as faults:
            raise PlannerGroupError(f"{path}: {faults}") from error
        raise PlannerGroupError(f"{path}: {error}") from error


@planner_cli.command("solve", with_appcontext=False)
@INSTANCE
@click.option("-o", "--output", type=READABLE, required=True, help="File to write the plan to.")
@click.option(
    "--seconds", type=click.FloatRange(0.1), default=60.0, show_default=True, help="Time to search."
)
@click.option("--bound-seconds", type=click.FloatRange(0.1), help="Time to prove the bound.")
@SEED
@AS_JSON
def solve(
    *, instance: Path, output: Path, seconds: float, bound_seconds: float | None, seed: int, as_json: bool
) -> None:
    """Search a plan for INSTANCE and write it; Ctrl-C keeps the best so far."""
    document = _read(instance)
    engine = _engine(document, instance)
    run = PlannerRun(engine.solve)
    settings = {"seconds": seconds, "bound_seconds": bound_seconds, "seed": seed, "progress": run.show}
    _run_and_write(run, document, instance, output, as_json=as_json, settings=settings)


@planner_cli.command("repair", with_appcontext=False)
@INSTANCE
@click.option("-o", "--output", type=READABLE, help="File to write the plan to; without it, it is printed.")
@AS_JSON
def repair(instance: Path, output: Path | None, as_json: bool) -> None:
    """Mend the plan in INSTANCE's `previous` after a change; all before `frozen_before` stays."""
    document = _read(instance)
    if not isinstance(document.get("previous"), list):
        raise PlannerGroupError(f"{instance}: previous: is missing; add the sessions of the plan in force")
    engine = _engine(document, instance)
    _run_and_write(PlannerRun(engine.repair), document, instance, output, as_json=as_json, settings={})


def _run_and_write(
    run: PlannerRun,
    document: dict[str, Any],
    instance: Path,
    output: Path | None,
    *,
    as_json: bool,
    settings: dict[str, Any],
) -> None:
    try:
        if output is not None:
            write_document(output, {}, probe=True)
        solution = run.finish(document, settings)
        report = _judge(document, solution.plan, instance)
        if output is None and not as_json:
            click.echo(json.dumps(solution.plan))
        elif output is not None:
            write_document(output, solution.plan)
    except CannotPlan as error:
        raise PlannerGroupError(f"{instance}: {error}") from error
    except BadFile as error:
        raise PlannerGroupError(str(error)) from error
    summary = run_summary(solution, report, run)
    if as_json:
        if output is None:
            summary["plan"] = solution.plan
        click.echo(json.dumps(summary))
    else:
        for line in summary_lines(summary):
            click.echo(line, err=output is None)
    if not report.ok:
        for line in report_lines(report):
            click.echo(line, err=True)
        raise SystemExit(1)


@planner_cli.command("check", with_appcontext=False)
@INSTANCE
@PLAN
@AS_JSON
def check_plan(instance: Path, plan: Path, as_json: bool) -> None:
    """Judge PLAN against INSTANCE; the exit code is 1 when a hard rule is broken."""
    report = _judge(_read(instance), _read(plan), instance)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        for line in report_lines(report):
            click.echo(line)
    if not report.ok:
        raise SystemExit(1)


@planner_cli.command("explain", with_appcontext=False)
@INSTANCE
@PLAN
@click.option(
    "--requirement", required=True, help="Requirement id; for rotations EMPLOYEE:QUARTER, quarters from 0."
)
@AS_JSON
def explain(instance: Path, plan: Path, requirement: str, as_json: bool) -> None:
    """Say what stands in the way of a requirement, by host and week, and what would let it in."""
    document, given = _read(instance), _read(plan)
    _judge(document, given, instance)
    engine = _engine(document, instance)
    try:
        found = PlannerRun(engine.explain).call(document, given, requirement)
    except CannotPlan as error:
        raise PlannerGroupError(f"{instance}: {error}") from error
    if as_json:
        click.echo(json.dumps(explanation_document(found)))
    else:
        for line in explanation_lines(found):
            click.echo(line)


@planner_cli.command("draw", with_appcontext=False)
@INSTANCE
@PLAN
@click.option("--week", type=click.IntRange(0), default=0, show_default=True, help="Week, from 0.")
@click.option("-o", "--output", type=READABLE, required=True, help="SVG file to write.")
def draw(instance: Path, plan: Path, week: int, output: Path) -> None:
    """Draw a week of a shadowing plan: who meets whom, and the cover left above each floor."""
    document, given = _read(instance), _read(plan)
    try:
        if kind_of(document) != "shadowing" or not _judge(document, given, instance).ok:
            raise PlannerGroupError(
                f"{plan}: only a legal shadowing plan can be drawn; see flask planner check"
            )
        if week >= document["weeks"]:
            raise PlannerGroupError(f"--week {week}: the plan has weeks 0 to {document['weeks'] - 1}")
        write_text(output, draw_week(document, given, week))
    except (BadFile, CannotPlan) as error:
        raise PlannerGroupError(str(error)) from error


@planner_cli.command("warm-up", with_appcontext=False)
def warm_up() -> None:
    """Compile the search once, so that the first plan does not wait for it."""
    from app.scheduling.planner.shadowing import warm_up as compile_all  # noqa: PLC0415 - loads slowly

    click.echo(f"the search is compiled and cached ({compile_all():.0f} s)")


@planner_cli.command("sample", with_appcontext=False)
@click.option("--kind", type=click.Choice(["shadowing", "rotation"]), default="shadowing", show_default=True)
@click.option("--people", type=click.IntRange(4, 20_000), default=50, show_default=True)
@click.option("--weeks", type=click.IntRange(1, 26), default=6, show_default=True, help="For shadowing.")
@click.option("--quarters", type=click.IntRange(1, 8), default=4, show_default=True, help="For rotations.")
@click.option("--tightness", type=click.Choice(list(TIGHTNESS)), default="normal", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("-o", "--output", type=READABLE, required=True, help="File to write.")
def sample(
    *, kind: str, people: int, weeks: int, quarters: int, tightness: str, seed: int, output: Path
) -> None:
    """Invent a planning problem from a seed and write it."""
    if kind == "shadowing":
        document = shadowing_sample(people, weeks=weeks, seed=seed, tightness=tightness)
    else:
        document = rotation_sample(people, quarters=quarters, seed=seed, tightness=tightness)
    try:
        write_document(output, document)
    except BadFile as error:
        raise PlannerGroupError(str(error)) from error
    click.echo(f"{output}: {kind_of(document)} problem of {people} people, seed {seed}")
