"""What accounts tell people about themselves."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.notifications import service as notices
from app.notifications.kinds import NoticeKind
from app.people import queries as people
from app.people import service_people


def tell_email_changes(now: datetime) -> int:
    """Tell people, at their former address, that their e-mail was changed; return how many changes.

    Whoever holds the new address can set the password: a change that the person knows nothing of must not
    stay unseen.
    """
    changes = service_people.take_untold_email_changes(now)
    names = people.cards({each.changed_by for each in changes if each.changed_by is not None})
    for each in changes:
        who = names[each.changed_by].name if each.changed_by is not None else _("The operator of Tandem")
        notices.enqueue(
            each.person_id,
            NoticeKind.ACCOUNT,
            _("The e-mail of your Tandem account was changed"),
            _(
                "%(who)s changed it from %(before)s to %(after)s. You sign in with the new one, and mails go "
                "there. If you did not expect this, tell HR or an administrator at once.",
                who=who,
                before=each.before,
                after=each.after,
            ),
            now,
            link="/account",
            to_address=each.before,
        )
    return len(changes)
