"""The notices of role-plays and sign-offs; each says what happened and what to do. The words of one place."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.notifications.kinds import NoticeKind
from app.notifications.service import enqueue, mark_done
from app.people import queries as people
from app.roleplays.queries import RoundFact


def sheet_page(sheet_id: int) -> str:
    """Return the path of the page on which an assessor scores."""
    return f"/assessments/{sheet_id}"


def sign_off_page(sign_off_id: int) -> str:
    """Return the path of the page on which a task is signed off."""
    return f"/sign-offs/{sign_off_id}"


def asked(found: RoundFact | None, sheet_id: int, assessor_id: int, by: int, now: datetime) -> None:
    """Tell an assessor that they are asked; tell the learner too when somebody else arranged it."""
    if found is None:
        return
    title = _quoted(found.definition.title)
    enqueue(
        assessor_id,
        NoticeKind.ROLE_PLAY,
        _("%(name)s: please assess the role-play %(title)s", name=_name(found.learner_id), title=title),
        _("The page has the scene, your part and the rubric. Plan %(n)s min.", n=found.definition.minutes),
        now,
        link=sheet_page(sheet_id),
        mail=assessor_id != by,
    )  # fmt: skip
    if by != found.learner_id:
        enqueue(
            found.learner_id,
            NoticeKind.ROLE_PLAY,
            _("%(name)s will assess you in the role-play %(title)s", name=_name(assessor_id), title=title),
            _("Read the situation beforehand. Nothing counts before the assessor submits."),
            now,
            link=_overview(found),
        )


def declined(found: RoundFact, assessor_id: int, reason: str, now: datetime) -> None:
    """Tell learner and requester that an assessor cannot."""
    body = reason or _("No reason was given.")
    for person_id in {found.learner_id, found.requested_by} - {assessor_id}:
        enqueue(
            person_id,
            NoticeKind.ROLE_PLAY,
            _(
                "%(name)s cannot assess %(title)s",
                name=_name(assessor_id),
                title=_quoted(found.definition.title),
            ),
            _("%(reason)s You can ask someone else.", reason=_sentence(body)),
            now,
            link=_overview(found) if person_id == found.learner_id else _round(found),
        )


def taken_back(found: RoundFact, assessor_id: int, now: datetime) -> None:
    """Tell an assessor that they are no longer asked."""
    enqueue(
        assessor_id,
        NoticeKind.ROLE_PLAY,
        _("You need not assess %(name)s any more", name=_name(found.learner_id)),
        _("The request for %(title)s was taken back.", title=_quoted(found.definition.title)),
        now,
        link="/assessments",
    )


def decided_without(found: RoundFact, assessor_id: int, now: datetime) -> None:
    """Tell an assessor whose sheet was awaited that the others have settled the result."""
    enqueue(
        assessor_id,
        NoticeKind.ROLE_PLAY,
        _("You need not assess %(name)s any more", name=_name(found.learner_id)),
        _("The other observers of %(title)s have decided together.", title=_quoted(found.definition.title)),
        now,
        link="/assessments",
    )


def one_submitted(found: RoundFact, now: datetime) -> None:
    """Remind those whose sheet is still awaited that a colleague has submitted."""
    for each in found.awaited:
        enqueue(
            each.assessor_id,
            NoticeKind.ROLE_PLAY,
            _("%(title)s waits for your scores", title=_quoted(found.definition.title)),
            _("Another observer has submitted. You see their scores once you have submitted yours."),
            now,
            link=sheet_page(each.id),
            dedupe_key=f"role-play-awaited:{each.id}:{len(found.submitted)}",
        )


def needs_reconciliation(found: RoundFact, now: datetime) -> None:
    """Tell the observers that their scores lie apart and what settles it."""
    for person_id in found.observer_ids:
        enqueue(
            person_id,
            NoticeKind.ROLE_PLAY,
            _("%(title)s: your scores and a colleague’s lie apart", title=_quoted(found.definition.title)),
            _("Two levels or more on one criterion. Decide together, or call in a further observer."),
            now,
            link=_round(found),
        )


def decision_proposed(found: RoundFact, person_id: int, by: int, now: datetime) -> None:
    """Tell an observer that a joint decision waits for their word."""
    enqueue(
        person_id,
        NoticeKind.ROLE_PLAY,
        _(
            "%(name)s wrote down a joint decision on %(title)s",
            name=_name(by),
            title=_quoted(found.definition.title),
        ),
        _("Agree to it, or write down another one."),
        now,
        link=_reconcile(found),
    )


def decided(found: RoundFact, person_id: int, now: datetime) -> None:
    """Mark what asked an observer to settle a difference as read: they have said their word."""
    for page in (_round(found), _reconcile(found)):
        mark_done(person_id, page, now)


def needs_second(found: RoundFact, now: datetime) -> None:
    """Tell learner and observer that a second assessor is needed before the result counts."""
    for person_id in (found.learner_id, *found.observer_ids):
        enqueue(
            person_id,
            NoticeKind.ROLE_PLAY,
            _("%(title)s waits for a second assessor", title=_quoted(found.definition.title)),
            _("The scores are kept. They count once a second person has assessed as well."),
            now,
            link=_overview(found) if person_id == found.learner_id else _round(found),
        )


def feedback_ready(found: RoundFact, now: datetime) -> None:
    """Tell the learner that the feedback can be read."""
    title = _quoted(found.definition.title)
    subject = _("Your feedback on %(title)s", title=title)
    if found.passed:
        subject = _("Passed: %(title)s", title=title)
    enqueue(
        found.learner_id,
        NoticeKind.ROLE_PLAY,
        subject,
        _("Read what you reached on each criterion, and what the next level looks like."),
        now,
        link=_round(found),
        dedupe_key=f"role-play-feedback:{found.id}",
    )  # fmt: skip


def sign_off_asked(sign_off_id: int, learner_id: int, signer_id: int, title: str, now: datetime) -> None:
    """Tell a colleague that someone asks for their sign-off."""
    enqueue(
        signer_id,
        NoticeKind.SIGN_OFF,
        _("%(name)s asks you to sign off a task", name=_name(learner_id)),
        _("%(title)s. Sign only what you saw.", title=title.rstrip(".")),
        now,
        link=sign_off_page(sign_off_id),
    )


def assessment_reminder(
    found: RoundFact, sheet_id: int, assessor_id: int, asked_at: datetime, now: datetime
) -> None:
    """Remind an assessor, once per request, that a learner waits."""
    enqueue(
        assessor_id,
        NoticeKind.ROLE_PLAY,
        _(
            "%(name)s still waits for you: %(title)s",
            name=_name(found.learner_id),
            title=_quoted(found.definition.title),
        ),
        _("Agree on a time, or give the request back so that someone else can be asked."),
        now,
        link=sheet_page(sheet_id),
        dedupe_key=f"role-play-reminder:{sheet_id}:{asked_at.isoformat()}",
    )


def sign_off_reminder(sign_off_id: int, learner_id: int, signer_id: int, title: str, now: datetime) -> None:
    """Remind a colleague, once, that a learner waits for their answer."""
    enqueue(
        signer_id,
        NoticeKind.SIGN_OFF,
        _("%(name)s still waits for your sign-off", name=_name(learner_id)),
        _("%(title)s. Sign what you saw, or say what is missing.", title=title.rstrip(".")),
        now,
        link=sign_off_page(sign_off_id),
        dedupe_key=f"sign-off-reminder:{sign_off_id}",
    )


def signer_left(learner_id: int, signer: str, title: str, link: str, now: datetime) -> None:
    """Tell a learner that whoever was to sign off has no account any more."""
    enqueue(
        learner_id,
        NoticeKind.SIGN_OFF,
        _("%(name)s can no longer sign off your task", name=signer),
        _("%(title)s. Ask someone else at level 3.", title=title.rstrip(".")),
        now,
        link=link,
    )


def sign_off_not_wanted(signer_id: int, learner: str, title: str, now: datetime) -> None:
    """Tell a colleague that a sign-off is not wanted any more."""
    enqueue(
        signer_id,
        NoticeKind.SIGN_OFF,
        _("You need not sign off for %(name)s any more", name=learner),
        title,
        now,
        link="/assessments",
        mail=False,
    )


def sign_off_answered(
    learner_id: int, signer_id: int, now: datetime, *, title: str, signed: bool, note: str, link: str
) -> None:
    """Tell a learner that a task was signed off, or why not yet."""
    name = _name(signer_id)
    subject = (
        _("%(name)s signed off your task", name=name)
        if signed
        else _("%(name)s did not sign off your task yet", name=name)
    )
    enqueue(learner_id, NoticeKind.SIGN_OFF, subject, note or title, now, link=link)


def _name(person_id: int) -> str:
    card = people.find_card(person_id)
    return card.name if card else _("A former colleague")


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _overview(found: RoundFact) -> str:
    return f"/role-plays/{found.activity_key}"


def _round(found: RoundFact) -> str:
    return f"/role-plays/rounds/{found.id}"


def _reconcile(found: RoundFact) -> str:
    return f"{_round(found)}/reconcile"


def _quoted(title: str) -> str:
    """Return a title in quotation marks, unless it quotes something itself."""
    return title if "“" in title else f"“{title}”"
