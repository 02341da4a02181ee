"""Score, submit, settle: a round becomes evidence once its observers agree, or have been reconciled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.competency.service import UnknownCompetency, record_evidence
from app.curriculum import service as curriculum
from app.db import db
from app.facts import Gone, Impossible, Late
from app.notifications.service import mark_done
from app.people.identity import Actor
from app.roleplays import queries
from app.roleplays import service_notices as notices
from app.roleplays.definitions import TOP_LEVEL
from app.roleplays.models import AssessmentRound, Observation, Reconciliation
from app.roleplays.outcome import findings
from app.roleplays.queries import RoundFact
from app.roleplays.queries_raters import may_stand_alone
from app.roleplays.rating import ImpossibleRating
from app.roleplays.service import lock_round, reread
from app.roleplays.sheet import Lack, Sheet, check, lacking, merge
from app.roleplays.states import LIVE_ROUNDS, RoundState, SheetState

LONGEST_CLOCK = timedelta(hours=4)


class SheetSubmitted(Late):
    """The sheet was submitted, given back or withdrawn; it can no longer be changed."""


class SheetIncomplete(Impossible):
    """The sheet lacks something before it can be submitted; `lack` says what."""

    def __init__(self, lack: Lack) -> None:
        super().__init__("incomplete")
        self.lack = lack


def save_sheet(actor: Actor, sheet_id: int, entered: Sheet) -> None:
    """Keep what an observer entered, over what stood there; what is not mentioned stays.

    Raises ImpossibleRating, and SheetSubmitted when the sheet can no longer be changed.
    """
    row, found = _draft(actor, sheet_id)
    check(entered, found.definition)
    _store(row, merge(_entered(row), entered))


def run_clock(actor: Actor, sheet_id: int, act: str, seconds: int | None, now: datetime) -> None:
    """Start, stop or reset the stop-watch. `seconds`, what the tablet shows, wins over the server's count."""
    row, _found = _draft(actor, sheet_id)
    shown = row.clock_seconds
    if row.clock_started_at is not None:
        shown += int((now - row.clock_started_at).total_seconds())
    if seconds is not None:
        shown = seconds
    row.clock_seconds = 0 if act == "reset" else max(0, min(shown, int(LONGEST_CLOCK.total_seconds())))
    row.clock_started_at = now if act == "start" else None
    db.session.flush()


def submit_sheet(actor: Actor, sheet_id: int, entered: Sheet, now: datetime) -> RoundFact:
    """Submit a sheet, once, and settle the round if this was the last one awaited; return the round.

    Submitted again, the stored result is returned. Raises ImpossibleRating and SheetIncomplete; what was
    entered is the caller's to keep in that case.
    """
    found = queries.find_round_of_sheet(sheet_id)
    if found is None:
        raise Gone(f"sheet {sheet_id}")
    round_row = lock_round(found.id)
    row = _row(actor, sheet_id)
    if row.state == SheetState.SUBMITTED:
        return reread(found.id)
    if row.state != SheetState.DRAFT or round_row.state not in LIVE_ROUNDS:
        raise SheetSubmitted(f"sheet {sheet_id}")
    check(entered, found.definition)
    whole = merge(_entered(row), entered)
    lack = lacking(whole, found.definition)
    if lack:
        raise SheetIncomplete(lack)
    _store(row, whole)
    db.session.execute(
        update(Observation)
        .where(Observation.id == sheet_id, Observation.state == SheetState.DRAFT)
        .values(state=SheetState.SUBMITTED, submitted_at=now)
    )
    mark_done(actor.person_id, notices.sheet_page(sheet_id), now)
    return settle(round_row, now)


def propose(actor: Actor, round_id: int, levels: Mapping[str, int], note: str, now: datetime) -> RoundFact:
    """Put forward the level each diverging criterion shall have; it stands once every observer agrees.

    A new proposal takes the place of the one before; the same one sent twice changes nothing. Raises
    ImpossibleRating when a criterion is left out, does not diverge or gets a level off the scale; Impossible
    without a reason or for anyone but an observer.
    """
    round_row = lock_round(round_id)
    found = reread(round_id)
    if round_row.state != RoundState.NEEDS_RECONCILIATION or actor.person_id not in found.observer_ids:
        raise Impossible("only an observer of a round that waits for it decides")
    open_keys = set(queries.result_of(found).needs_reconciliation)
    if set(levels) != open_keys or any(not 0 <= level <= TOP_LEVEL for level in levels.values()):
        raise ImpossibleRating("one level from 0 to 4 for each diverging criterion")
    if not note.strip():
        raise Impossible("a joint decision gives a reason")
    row = db.session.get(Reconciliation, round_id) or Reconciliation(round_id=round_id)
    if (row.proposed_by, row.levels, row.note) == (actor.person_id, dict(levels), note.strip()):
        return found
    row.levels = dict(levels)
    row.note = note.strip()
    row.proposed_by = actor.person_id
    row.proposed_at = now
    row.agreed_by = [actor.person_id]
    row.settled_at = None
    db.session.add(row)
    notices.decided(found, actor.person_id, now)
    return _decide(round_row, row, now)


def agree(actor: Actor, round_id: int, proposed_by: int, levels: Mapping[str, int], now: datetime) -> bool:
    """Agree to the proposal one has read; False when it is another one by now.

    Raises Impossible for anyone but an observer.
    """
    round_row = lock_round(round_id)
    found = reread(round_id)
    if actor.person_id not in found.observer_ids:
        raise Impossible("only an observer agrees")
    row = db.session.get(Reconciliation, round_id)
    if round_row.state != RoundState.NEEDS_RECONCILIATION or row is None:
        return False
    if row.proposed_by != proposed_by or dict(row.levels) != dict(levels):
        return False
    row.agreed_by = sorted({*row.agreed_by, actor.person_id})
    notices.decided(found, actor.person_id, now)
    _decide(round_row, row, now)
    return True


def _decide(round_row: AssessmentRound, row: Reconciliation, now: datetime) -> RoundFact:
    found = reread(round_row.id)
    if set(found.observer_ids) <= set(row.agreed_by):
        row.settled_at = now
        return settle(round_row, now)
    for person_id in set(found.observer_ids) - set(row.agreed_by):
        notices.decision_proposed(found, person_id, row.proposed_by, now)
    return found


def settle(round_row: AssessmentRound, now: datetime) -> RoundFact:
    """Bring the sheets together once nobody is awaited; say what is missing, or turn it into evidence."""
    found = reread(round_row.id)
    if found.awaited and not (found.proposal and found.proposal.settled):
        notices.one_submitted(found, now)
        return found
    result = queries.result_of(found)
    if result.needs_reconciliation:
        round_row.state = RoundState.NEEDS_RECONCILIATION
        notices.needs_reconciliation(found, now)
        return reread(round_row.id)
    if not may_stand_alone(found.observer_ids):
        round_row.state = RoundState.NEEDS_SECOND
        notices.needs_second(found, now)
        return reread(round_row.id)
    round_row.state = RoundState.DONE
    round_row.done_at = now
    round_row.passed = bool(result.passed)
    round_row.mean = result.mean
    round_row.level_changes = _record(found, now)
    if result.passed:
        curriculum.complete_activity(found.learner_id, found.activity_key, now, via="role_play")
    _release(found, now)
    after = reread(round_row.id)
    notices.feedback_ready(after, now)
    return after


def _record(found: RoundFact, now: datetime) -> list[dict[str, object]]:
    """Write one piece of evidence per competency; return the level changes it made."""
    result = queries.result_of(found)
    first = min(found.submitted, key=lambda each: (each.submitted_at or now, each.id))
    changes = []
    for finding in findings(result, found.definition.pass_mean):
        try:
            change = record_evidence(
                EvidenceInput(
                    person_id=found.learner_id,
                    competency_id=finding.competency_id,
                    kind=EvidenceKind.ROLE_PLAY,
                    source_kind="role_play_round",
                    source_id=str(found.id),
                    observed_at=first.submitted_at or now,
                    passed=finding.passed,
                    score=finding.mean,
                    minutes=found.definition.minutes,
                    note=found.definition.title,
                    assessor_id=first.assessor_id,
                    assessor_in_good_standing=may_stand_alone(found.observer_ids),
                    recorded_by=first.assessor_id,
                ),
                now,
            )
        except UnknownCompetency:  # the framework dropped it after the round began
            continue
        if change is not None:
            changes.append(
                {"competency_id": change.competency_id, "before": change.before, "after": change.after}
            )
    return changes


def _release(found: RoundFact, now: datetime) -> None:
    """Give back sheets that are no longer needed because the observers decided together, and say so."""
    for each in found.awaited:
        mark_done(each.assessor_id, notices.sheet_page(each.id), now)
        notices.decided_without(found, each.assessor_id, now)
    db.session.execute(
        update(Observation)
        .where(Observation.round_id == found.id, Observation.state == SheetState.DRAFT)
        .values(state=SheetState.DECLINED)
    )


def _row(actor: Actor, sheet_id: int) -> Observation:
    row = db.session.scalars(
        select(Observation)
        .where(Observation.id == sheet_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.assessor_id != actor.person_id:
        raise Gone(f"sheet {sheet_id}")
    return row


def _draft(actor: Actor, sheet_id: int) -> tuple[Observation, RoundFact]:
    row = _row(actor, sheet_id)
    found = queries.find_round(row.round_id)
    if found is None or row.state != SheetState.DRAFT or not found.live:
        raise SheetSubmitted(f"sheet {sheet_id}")
    return row, found


def _entered(row: Observation) -> Sheet:
    return Sheet(dict(row.scores), dict(row.notes), row.overall_note, row.global_rating)


def _store(row: Observation, sheet: Sheet) -> None:
    row.scores = dict(sheet.scores)
    row.notes = {key: words.strip() for key, words in sheet.notes.items() if words.strip()}
    row.overall_note = (sheet.overall_note or "").strip()
    row.global_rating = sheet.global_rating
    row.version += 1
    db.session.flush()
