"""Measure the planners: `python -m bench.planner [--sizes 50 200] [--seeds 1 2] [--seconds 60] [--json]`.

Every run is a process of its own through the command line, so that time and memory are its own. Instances are
the project's samples, or the files given with `--files`. The plan is judged by the independent checker, and
the table sets two hand methods beside it: the spreadsheet greedy (requirement by requirement, first host and
hour that fit) and a strong greedy (scarcest first, best of all hosts and hours), run in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.scheduling.checker import check
from app.scheduling.planner.sample import TIGHTNESS, rotation_sample, shadowing_sample

COMMAND = [sys.executable, "-c", "from app.scheduling.cli import planner_cli; planner_cli()"]
COLUMNS = (
    ("problem", "problem", "{}"),
    ("objective", "objective", "{:.0f}"),
    ("bound", "bound", "{:.0f}"),
    ("gap", "gap %", "{:.2f}"),
    ("first_plan_seconds", "first s", "{:.2f}"),
    ("seconds", "seconds", "{:.1f}"),
    ("bound_seconds", "bound s", "{:.1f}"),
    ("peak_mb", "MB", "{:.0f}"),
    ("violations", "broken", "{}"),
    ("met_percent", "met %", "{:.1f}"),
    ("fairness", "Jain", "{:.2f}"),
    ("spreadsheet", "spreadsheet (met %, Jain)", "{}"),
    ("strong", "strong greedy (met %, Jain)", "{}"),
)


def main() -> None:
    """Read the options, run, print a line as soon as it is known."""
    options = _options()
    rows = []
    if not options.json:
        print("| " + " | ".join(title for _, title, _ in COLUMNS) + " |")
        print("|" + "---|" * len(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        for name, document in _problems(options):
            row = _measure(name, document, Path(folder), options)
            rows.append(row)
            if not options.json:
                print(
                    "| " + " | ".join(_cell(row.get(key), form) for key, _, form in COLUMNS) + " |",
                    flush=True,
                )
    if options.json:
        print(json.dumps(rows, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the planners.")
    parser.add_argument("--kind", choices=["shadowing", "rotation"], default="shadowing")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200, 500])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--tightness", choices=list(TIGHTNESS), default="normal")
    parser.add_argument("--seconds", type=float, default=60.0, help="seconds of search")
    parser.add_argument("--bound-seconds", type=float, help="seconds for the bound")
    parser.add_argument("--files", type=Path, nargs="*", help="instance files instead of samples")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _problems(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    if options.files:
        for file in options.files:
            yield file.stem, json.loads(file.read_text(encoding="utf-8"))
        return
    for size in options.sizes:
        for seed in options.seeds:
            if options.kind == "rotation":
                document = rotation_sample(size, seed=seed, tightness=options.tightness)
            else:
                document = shadowing_sample(size, weeks=options.weeks, seed=seed, tightness=options.tightness)
            yield f"{options.kind} {size}, seed {seed}", document


def _measure(
    name: str, document: dict[str, Any], folder: Path, options: argparse.Namespace
) -> dict[str, Any]:
    instance, plan = folder / "instance.json", folder / "plan.json"
    instance.write_text(json.dumps(document), encoding="utf-8")
    words = [
        "solve",
        str(instance),
        "-o",
        str(plan),
        "--seconds",
        str(options.seconds),
        "--seed",
        "1",
        "--json",
    ]
    if options.bound_seconds:
        words += ["--bound-seconds", str(options.bound_seconds)]
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    row: dict[str, Any] = {"problem": name, **json.loads(done.stdout)}
    row["gap"] = None if row["gap"] is None else 100 * row["gap"]
    row["fairness"] = row.get("host_fairness", row.get("supervisor_fairness"))
    if document["format"] == "shadowing/1":
        row.update(_by_hand(document))
    return row


def _by_hand(document: dict[str, Any]) -> dict[str, str]:
    """Return what the two greedy methods reach, as the checker counts it."""
    from app.scheduling.planner import shadowing  # noqa: PLC0415 slow to load, not needed for rotations

    methods: dict[str, Callable[..., Any]] = {
        "spreadsheet": shadowing.greedy_spreadsheet,
        "strong": shadowing.greedy_scarcity,
    }
    found = {}
    for name, method in methods.items():
        began = time.perf_counter()
        report = check(document, method(document).plan)
        seconds = time.perf_counter() - began
        met, fair = report.metrics["met_percent"], report.metrics["host_fairness"]
        broken = f", {len(report.violations)} broken" if report.violations else ""
        found[name] = f"{report.total:.0f} ({met:.1f}, {fair:.2f}, {seconds:.1f} s{broken})"
    return found


def _cell(value: Any, form: str) -> str:
    return "–" if value is None else form.format(value)


if __name__ == "__main__":
    main()
