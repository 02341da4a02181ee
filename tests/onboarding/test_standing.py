from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.definitions import Milestone, Programme, Rule, Step
from app.onboarding.standing import Facts, ReasonKind, Risk, SessionFact, StepState, stand

START = date(2026, 6, 1)
READ = Step("read", "Finish Calm", 5, Rule.MODULE, "calm")
KNOW = Step("know", "Know how", 10, Rule.COMPETENCY, "keep-calm", level=2)
SIT = Step("sit", "Sit with sales", 15, Rule.SESSION, "sales", session_kind="shadowing", count=2)
TALK = Step("talk", "First talk", 20, Rule.CONFIRM, "manager")


def programme(*steps: Step) -> Programme:
    return Programme("p", "P", (), "HR", "", "", (), (Milestone("m", "Week 1", steps),))


def day(number: int) -> date:
    return START + timedelta(days=number - 1)


BUSY = {"last_active_on": date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("step", "facts", "done"),
    [
        (READ, Facts(), False),
        (READ, Facts(modules_done_on={"calm": day(2)}), True),
        (KNOW, Facts(highest_levels={"keep-calm": 1}), False),
        (KNOW, Facts(highest_levels={"keep-calm": 2}), True),
        (SIT, Facts(sessions=[SessionFact("shadowing", "sales", day(3))]), False),
        (SIT, Facts(sessions=[SessionFact("shadowing", "sales", day(n)) for n in (3, 4)]), True),
        (SIT, Facts(sessions=[SessionFact("shadowing", "support", day(n)) for n in (3, 4)]), False),
        (SIT, Facts(sessions=[SessionFact("workshop", "sales", day(n)) for n in (3, 4)]), False),
        (SIT, Facts(sessions=[SessionFact("shadowing", "sales", day(n)) for n in (-3, 4)]), False),
        (TALK, Facts(), False),
        (TALK, Facts(confirmed_on={"talk": day(4)}), True),
    ],
)
def test_a_step_completes_itself_from_the_evidence_it_names(step, facts, done):
    assert (stand(programme(step), START, facts, day(1)).risk is Risk.DONE) is done


@pytest.mark.parametrize(
    ("today", "state", "risk"),
    [
        (1, StepState.OPEN, Risk.ON_TRACK),
        (2, StepState.SOON, Risk.AT_RISK),
        (5, StepState.SOON, Risk.AT_RISK),
        (6, StepState.OVERDUE, Risk.LATE),
    ],
)
def test_a_step_is_due_on_its_day_and_late_the_day_after(today, state, risk):
    standing = stand(programme(READ), START, Facts(**BUSY), day(today))
    assert (standing.steps[0].state, standing.risk) == (state, risk)


def test_the_reason_says_how_long_overdue():
    reason = stand(programme(READ), START, Facts(**BUSY), day(9)).reasons[0]
    assert (reason.kind, reason.step_title, reason.days) == (ReasonKind.OVERDUE, "Finish Calm", 4)


def test_more_minutes_due_within_a_week_than_the_budget_is_a_risk():
    later = Step("read", "Finish Calm", 7, Rule.MODULE, "calm")
    facts = Facts(module_minutes_left={"calm": 90}, weekly_budget_minutes=60, **BUSY)
    standing = stand(programme(later), START, facts, day(1))
    assert [r.kind for r in standing.reasons] == [ReasonKind.OVERLOADED]
    assert (
        stand(programme(later), START, Facts(module_minutes_left={"calm": 60}, **BUSY), day(1)).reasons == ()
    )


def test_a_week_without_anything_is_a_risk_only_while_something_is_due():
    facts = Facts(last_active_on=day(1))
    assert ReasonKind.IDLE in {r.kind for r in stand(programme(SIT), START, facts, day(8)).reasons}
    far = Step("far", "Later", 60, Rule.CONFIRM, "hr")
    assert stand(programme(far), START, facts, day(20)).reasons == ()


@given(st.integers(-30, 200), st.sets(st.sampled_from(["read", "talk"])))
def test_more_done_never_makes_the_standing_worse(today, done):
    order = [Risk.DONE, Risk.ON_TRACK, Risk.AT_RISK, Risk.LATE]
    steps = programme(READ, TALK)

    def standing(extra):
        facts = Facts(
            modules_done_on={"calm": day(1)} if "read" in extra else {},
            confirmed_on={"talk": day(1)} if "talk" in extra else {},
        )
        return order.index(stand(steps, START, facts, day(today)).risk)

    assert standing(done | {"read", "talk"}) <= standing(done) <= standing(set())
