"""Tell those concerned when leave was entered over a session that stands already."""

from __future__ import annotations

from datetime import datetime

from app.people import queries as people
from app.scheduling import service_notices
from app.scheduling.queries_leave import sessions_in_leave


def tell_of_leave(now: datetime) -> int:
    """Tell the two and the managers asked, once per time; return how many sessions lie in leave.

    The session stands: whether to move it, cancel it or come all the same is for people to decide.
    """
    found = sessions_in_leave(now)
    for fact, gone in found:
        concerned = {fact.learner.person_id, fact.host.person_id} | {each.person_id for each in fact.answers}
        service_notices.in_leave(fact, gone, list(people.cards(concerned).values()), now)
    return len(found)
