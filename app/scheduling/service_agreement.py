"""What sessions and rotations share: everybody concerned is asked, all must say yes, it can be called off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.db import db
from app.scheduling.kinds import LIVE, Answer, Part, State
from app.scheduling.models_rotations import Rotation, RotationAnswer
from app.scheduling.models_sessions import SessionAnswer, ShadowSession


@dataclass(frozen=True)
class Agreement:
    """Where a kind of agreement is kept: the row it is about, its answers, and the column that ties them."""

    row: Any
    answer: Any
    key: str

    def answers(self, row_id: int) -> Any:
        """Return the condition that picks the answers of one row."""
        return getattr(self.answer, self.key) == row_id


SESSION = Agreement(ShadowSession, SessionAnswer, "session_id")
ROTATION = Agreement(Rotation, RotationAnswer, "rotation_id")


def ask(
    which: Agreement,
    row_id: int,
    asked: Iterable[tuple[Part, int]],
    mine: Collection[Part],
    *,
    by: int,
    now: datetime,
) -> None:
    """Ask people in their parts; in `mine`, the parts of whoever proposes, the answer is yes at once."""
    db.session.add_all(
        which.answer(
            **{which.key: row_id},
            part=part,
            person_id=person_id,
            answer=Answer.YES if part in mine else Answer.WAITING,
            decided_by=by if part in mine else None,
            decided_at=now if part in mine else None,
        )
        for part, person_id in asked
    )
    db.session.flush()


def take(which: Agreement, row_id: int, state: State = State.PROPOSED) -> None:
    """Hold a row in this state until the transaction ends, so that what two send at once both counts."""
    db.session.execute(
        update(which.row)
        .where(which.row.id == row_id, which.row.state == state)
        .values(changed_at=which.row.changed_at)
        .execution_options(synchronize_session=False)
    )


def answer(
    which: Agreement, row_id: int, parts: Collection[Part], given: Answer, *, by: int, now: datetime
) -> set[int]:
    """Keep an answer in the parts that still wait for one; return who has nothing more to answer: `by` and
    whom the answer was asked of."""
    settled = db.session.scalars(
        update(which.answer)
        .where(which.answers(row_id), which.answer.part.in_(parts), which.answer.answer == Answer.WAITING)
        .values(answer=given, decided_by=by, decided_at=now)
        .execution_options(synchronize_session=False)
        .returning(which.answer.person_id)
    )
    return {by, *settled}


def waited_for(which: Agreement, row_id: int) -> set[int]:
    """Return who has not answered."""
    waiting = which.answers(row_id), which.answer.answer == Answer.WAITING
    return set(db.session.scalars(select(which.answer.person_id).where(*waiting)))


def pass_on(which: Agreement, row_id: int, part: Part, heir_id: int | None) -> None:
    """Ask somebody else for the answer that a part still owes; with no heir, it is owed no more."""
    take(which, row_id)
    owed = which.answers(row_id), which.answer.part == part, which.answer.answer == Answer.WAITING
    db.session.execute(
        delete(which.answer).where(*owed)
        if heir_id is None
        else update(which.answer).where(*owed).values(person_id=heir_id)
    )


def settle(which: Agreement, row_id: int, now: datetime) -> bool:
    """Make what was proposed agreed once nobody is waited for; return whether this call did it."""
    waiting = (
        select(which.answer.person_id)
        .where(which.answers(row_id), which.answer.answer != Answer.YES)
        .exists()
    )
    return _change(which, row_id, (which.row.state == State.PROPOSED, ~waiting), now, state=State.ACCEPTED)


def close(which: Agreement, row_id: int, state: State, reason: str, now: datetime) -> bool:
    """End what is proposed or agreed; return whether this call did it."""
    return _change(which, row_id, (which.row.state.in_(LIVE),), now, state=state, reason=reason)


def _change(which: Agreement, row_id: int, where: tuple[Any, ...], now: datetime, **values: object) -> bool:
    changed = db.session.execute(
        update(which.row)
        .where(which.row.id == row_id, *where)
        .values(
            **values,
            version=which.row.version + 1,
            sequence=which.row.sequence + 1,
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
        .returning(which.row.id)
    ).first()
    return changed is not None
