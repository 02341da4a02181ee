"""`flask practice`: what spaced practice is worth, tried on simulated learners."""

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from app.quizzes.simulate import WEEKLY_MINUTES, Comparison, compare
from app.quizzes.simulated_memory import EASE

practice_cli = AppGroup("practice", help="Practice: compare ways of scheduling it.")


@practice_cli.command("simulate", with_appcontext=False)
@click.option("--learners", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--days", type=click.IntRange(1, 1825), default=180, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--weekly-minutes",
    type=click.FloatRange(0, 600),
    default=WEEKLY_MINUTES,
    show_default=True,
    help="Most minutes of practice per learner and week.",
)
@click.option(
    "--ease",
    type=click.FloatRange(-2, 4),
    default=EASE,
    show_default=True,
    help="How easy the facts are to keep; 0 is a foreign word pair.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(
    learners: int, days: int, seed: int, *, weekly_minutes: float, ease: float, as_json: bool
) -> None:
    """Compare no practice, fixed intervals and FSRS on simulated learners; needs no database.

    The learners forget by a model that is not FSRS's own. The same seed prints the same figures.
    """
    comparison = compare(learners, days, seed, weekly_minutes, ease)
    if as_json:
        click.echo(json.dumps(asdict(comparison), indent=2))
    else:
        click.echo(_as_text(comparison))


def _as_text(comparison: Comparison) -> str:
    width = max(len(policy.policy) for policy in comparison.policies)
    lines = [
        f"{comparison.learners} learners, {comparison.days} days, {comparison.cards} cards, seed "
        f"{comparison.seed}. Forgetting: {comparison.memory_model}.",
        f"{'':<{width}}  recalled on the last day  on average  minutes a week  questions  right",
    ]
    for p in comparison.policies:
        right = "–" if p.asked_right is None else f"{p.asked_right:.1f} %"
        lines.append(
            f"{p.policy:<{width}}  {p.retention_at_end:>22.1f} %  {p.retention_mean:>8.1f} %"
            f"  {p.minutes_per_week:>14.2f}  {p.questions_per_learner:>9.1f}  {right:>7}"
        )
    return "\n".join(lines)
