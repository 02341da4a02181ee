"""Simulated learners, and the comparison of ways to practise."""

import json
from math import exp, log

import numpy as np
import pytest
from flask import Flask

from app.quizzes import simulate
from app.quizzes.cli_practice import practice_cli
from app.quizzes.simulate import compare
from app.quizzes.simulated_memory import Memory, activation, expose, new_memory, recall_chance, teach

DAY = 86_400.0
ROW = np.array([0])


def one_card() -> Memory:
    return Memory(
        moments=np.zeros((1, 50)),
        decays=np.zeros((1, 50)),
        counts=np.zeros(1, dtype=np.int64),
        decay_base=np.array([0.177]),
        ease=np.array([0.0]),
    )


def test_activation_of_two_exposures_worked_by_hand() -> None:
    """The first leaves a decay of 0.177. A day later its age counts 0.025·86,400 = 2,160 s.

    m = −0.177·ln 2160; the second exposure's decay is 0.217·e^m + 0.177. Another day later the ages are
    4,320 and 2,160: m = ln(4320^−0.177 + 2160^−d2).
    """
    memory = one_card()
    expose(memory, ROW, 0.0)
    expose(memory, ROW, DAY)
    second = 0.217 * exp(-0.177 * log(2160)) + 0.177
    expected = log(4320**-0.177 + 2160**-second)
    assert activation(memory, ROW, 2 * DAY)[0] == pytest.approx(expected, abs=1e-12)
    chance = 1 / (1 + exp((-0.704 - expected) / 0.255))
    assert recall_chance(memory, ROW, 2 * DAY)[0] == pytest.approx(chance, abs=1e-12)


def test_what_was_never_met_is_not_recalled() -> None:
    assert recall_chance(one_card(), ROW, DAY)[0] < 1e-100


def test_forgetting_slows_down_with_time() -> None:
    memory = one_card()
    teach(memory, ROW, 0.0)
    chances = [recall_chance(memory, ROW, day * DAY)[0] for day in (1, 2, 10, 11, 100)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] - chances[1] > chances[2] - chances[3]


def test_spaced_exposures_last_longer_than_massed_ones() -> None:
    massed, spaced = one_card(), one_card()
    for number in range(4):
        expose(massed, ROW, 21 * DAY + number * 60)
        expose(spaced, ROW, number * 7 * DAY)
    assert recall_chance(spaced, ROW, 60 * DAY)[0] > recall_chance(massed, ROW, 60 * DAY)[0]


def test_a_memory_without_room_says_so() -> None:
    memory = new_memory(1, 1, 1, np.random.default_rng(1))
    expose(memory, ROW, 0.0)
    with pytest.raises(ValueError, match="no room"):
        expose(memory, ROW, DAY)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    assert compare(20, 40, seed=7) == compare(20, 40, seed=7)
    assert compare(20, 40, seed=7).policies != compare(20, 40, seed=8).policies


def test_practice_beats_none_and_stays_within_its_minutes() -> None:
    none, fixed, fsrs, control = compare(40, 90, seed=3, weekly_minutes=4).policies
    assert [p.policy for p in (none, fixed, fsrs)] == ["no practice", "fixed intervals", "FSRS"]
    assert (none.minutes_per_learner, none.questions_per_learner, none.asked_right) == (0, 0, None)
    for practised in (fixed, fsrs, control):
        assert practised.retention_at_end > none.retention_at_end + 20
        assert 0 < practised.minutes_per_week <= 4
    assert control.minutes_per_learner <= fsrs.minutes_per_learner


def test_without_minutes_every_way_is_no_practice() -> None:
    none, *others = compare(10, 30, seed=1, weekly_minutes=0).policies
    for other in others:
        assert (other.retention_at_end, other.minutes_per_learner) == (none.retention_at_end, 0)


def test_learners_are_the_same_however_many_follow_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "GROUP", 5)
    five, ten = compare(5, 20, seed=2).policies, compare(10, 20, seed=2).policies
    assert five[0].retention_mean != ten[0].retention_mean
    totals = [p.minutes_per_learner * 5 for p in five]
    assert all(ten[n].minutes_per_learner * 10 >= totals[n] - 0.1 for n in range(4))


@pytest.mark.parametrize(("learners", "days", "minutes"), [(0, 5, 1), (5, 0, 1), (5, 5, -1)])
def test_impossible_simulations_are_refused(learners: int, days: int, minutes: float) -> None:
    with pytest.raises(ValueError, match="at least one"):
        compare(learners, days, 1, minutes)


@pytest.fixture
def runner():  # type: ignore[no-untyped-def]
    app = Flask("practice")
    app.cli.add_command(practice_cli)
    return app.test_cli_runner()


def test_the_command_prints_json_and_text(runner) -> None:  # type: ignore[no-untyped-def]
    arguments = ["practice", "simulate", "--learners", "5", "--days", "15", "--seed", "4"]
    printed = json.loads(runner.invoke(args=[*arguments, "--json"]).output)
    assert (printed["learners"], printed["days"], printed["seed"]) == (5, 15, 4)
    assert [p["policy"] for p in printed["policies"]][:3] == ["no practice", "fixed intervals", "FSRS"]
    text = runner.invoke(args=arguments).output
    assert f"{printed['policies'][2]['retention_at_end']:.1f} %" in text
    assert runner.invoke(args=[*arguments, "--learners", "0"]).exit_code == 2
