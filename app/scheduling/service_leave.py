"""Tell those concerned when leave was entered over a session or rotation that stands already."""

from __future__ import annotations

from datetime import datetime

from app.people import queries as people
from app.scheduling import service_notices, service_rotation_notices
from app.scheduling.queries_leave import rotations_in_leave, sessions_in_leave


def tell_of_leave(now: datetime) -> int:
    """Tell the two and the managers asked, once per time; return how many sessions lie in leave.

    The session stands: whether to move it, cancel it or come all the same is for people to decide.
    """
    found = sessions_in_leave(now)
    for fact, gone in found:
        concerned = {fact.learner.person_id, fact.host.person_id} | {each.person_id for each in fact.answers}
        service_notices.in_leave(fact, gone, list(people.cards(concerned).values()), now)
    return len(found)


def tell_of_leave_in_rotations(now: datetime) -> int:
    """Tell the two and the managers asked, once per leave; return how many leaves lie in rotations.

    The rotation stands, as a session does.
    """
    found = rotations_in_leave(now)
    for fact, gone, first, last in found:
        concerned = {fact.employee.person_id, fact.supervisor.person_id}
        concerned |= {each.person_id for each in fact.answers}
        to = list(people.cards(concerned).values())
        service_rotation_notices.in_leave(fact, gone, (first, last), to, now)
    return len(found)
