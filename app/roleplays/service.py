"""What can be done with role-plays: load them, ask for an assessor, rate the feedback."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.competency.service import record_many
from app.db import db
from app.facts import Barred, Gone, Impossible, Late
from app.people.identity import Actor
from app.roleplays import queries
from app.roleplays import service_notices as notices
from app.roleplays.definition_text import digest_of, to_text
from app.roleplays.definitions import RolePlayDefinition
from app.roleplays.models import AssessmentRound, Observation, RolePlay, RolePlayVersion
from app.roleplays.queries import RoundFact
from app.roleplays.states import LIVE_ROUNDS, RoundState, SheetState


class NotYourOwn(Barred):
    """Nobody assesses or signs off themselves."""


class RoundFinished(Late):
    """The round is settled or withdrawn, so nobody can be called into it."""


class RatingGiven(Late):
    """This assessor's feedback was rated already."""


def load_role_plays(definitions: Iterable[RolePlayDefinition], now: datetime) -> list[str]:
    """Bring role-plays to what the files say; return what changed, in words, empty when nothing did.

    A changed definition is a new version; rounds keep the version they began with. What the files no longer
    have is retired, not deleted.
    """
    stored = {row.activity_key: row for row in db.session.scalars(select(RolePlay))}
    changes = []
    for definition in definitions:
        text = to_text(definition)
        digest = digest_of(text)
        row = stored.pop(definition.activity_key, None)
        if row is not None and row.digest == digest and row.retired_at is None:
            continue
        if row is None:
            row = RolePlay(activity_key=definition.activity_key, version=0)
            db.session.add(row)
        fresh = row.digest != digest
        row.title = definition.title
        row.competency_ids = sorted({c.competency_id for c in definition.criteria if c.competency_id})
        row.digest = digest
        row.retired_at = None
        if fresh:
            row.version += 1
            db.session.flush()
            db.session.add(
                RolePlayVersion(
                    activity_key=definition.activity_key,
                    number=row.version,
                    digest=digest,
                    definition=text,
                    loaded_at=now,
                )
            )
        word = "new" if row.version == 1 else f"version {row.version}"
        changes.append(f"role-play {definition.activity_key}: {word}")
    for row in stored.values():
        if row.retired_at is None:
            row.retired_at = now
            changes.append(f"role-play {row.activity_key}: retired")
    db.session.flush()
    return changes


def ask_assessor(
    actor: Actor, learner_id: int, activity_key: str, assessor_id: int, now: datetime
) -> tuple[int, int]:
    """Ask someone to assess a learner, in the live round or a new one; return (round id, sheet id).

    Asking the same person twice changes nothing; one who had declined is asked again. Called in while
    scores diverge, the assessor is a further observer. Raises NotYourOwn and Gone.
    """
    if assessor_id == learner_id:
        raise NotYourOwn("role-play")
    round_id = _live_round_id(learner_id, activity_key) or _open_round(actor, learner_id, activity_key, now)
    row = lock_round(round_id)
    if row.state not in LIVE_ROUNDS:
        raise RoundFinished(f"round {round_id}")
    sheet = db.session.scalar(
        select(Observation).where(Observation.round_id == round_id, Observation.assessor_id == assessor_id)
    )
    if sheet is None:
        sheet = Observation(
            round_id=round_id, assessor_id=assessor_id, state=SheetState.DECLINED, asked_at=now
        )
        db.session.add(sheet)
    if sheet.state == SheetState.DECLINED:
        sheet.state = SheetState.DRAFT
        sheet.asked_at = now
        sheet.further = row.state == RoundState.NEEDS_RECONCILIATION
        db.session.flush()
        notices.asked(queries.find_round(round_id), sheet.id, assessor_id, actor.person_id, now)
    return round_id, sheet.id


def rate_feedback(actor: Actor, round_id: int, sheet_id: int, rating: int, now: datetime) -> None:
    """Keep how helpful an assessor's feedback was to the learner, 1 to 5, once per assessor and round.

    It is evidence of coaching for the assessor in each competency of the role-play; the ledger counts it
    from 4 upwards and for people who hold level 3. Raises NotYourOwn for somebody else's round, RatingGiven,
    Impossible off the scale, Gone where no such feedback was given.
    """
    if not 1 <= rating <= 5:
        raise Impossible("a rating from 1 to 5")
    found = queries.find_round(round_id)
    if found is None or found.state is not RoundState.DONE:
        raise Gone(f"round {round_id}")
    if found.learner_id != actor.person_id:
        raise NotYourOwn("rating")
    sheet = next((each for each in found.submitted if each.id == sheet_id), None)
    if sheet is None:
        raise Gone(f"sheet {sheet_id}")
    given = db.session.execute(
        update(Observation)
        .where(Observation.id == sheet_id, Observation.helpful_rating.is_(None))
        .values(helpful_rating=rating)
    )
    if not given.rowcount:  # type: ignore[attr-defined]
        raise RatingGiven(f"sheet {sheet_id}")
    record_many(
        [
            EvidenceInput(
                person_id=sheet.assessor_id,
                competency_id=competency_id,
                kind=EvidenceKind.ASSESSING,
                source_kind="role_play_feedback",
                source_id=str(sheet_id),
                observed_at=now,
                score=float(rating),
                assessor_id=actor.person_id,
                recorded_by=actor.person_id,
            )
            for competency_id in sorted({c.competency_id for c in found.definition.criteria})
        ],
        now,
    )


def lock_round(round_id: int) -> AssessmentRound:
    """Return the round's row, locked, so that what is decided on it is decided once."""
    return db.session.scalars(
        select(AssessmentRound)
        .where(AssessmentRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def reread(round_id: int) -> RoundFact:
    """Return the round as it stands after what this transaction has changed."""
    db.session.flush()
    db.session.expire_all()
    found = queries.find_round(round_id)
    if found is None:
        raise Gone(f"round {round_id}")
    return found


def _live_round_id(learner_id: int, activity_key: str) -> int | None:
    return db.session.scalar(
        select(AssessmentRound.id).where(
            AssessmentRound.learner_id == learner_id,
            AssessmentRound.activity_key == activity_key,
            AssessmentRound.state.in_(LIVE_ROUNDS),
        )
    )


def _open_round(actor: Actor, learner_id: int, activity_key: str, now: datetime) -> int:
    version_id, _definition = queries.newest_version(activity_key)
    row = AssessmentRound(
        learner_id=learner_id,
        activity_key=activity_key,
        version_id=version_id,
        state=RoundState.OPEN,
        requested_at=now,
        requested_by=actor.person_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # another request opened it a moment ago
        live = _live_round_id(learner_id, activity_key)
        if live is None:
            raise
        return live
    return row.id
