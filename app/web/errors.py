"""Turn refusals and HTTP errors into pages that say what happened, what was kept and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from app.db import TooLong, db
from app.facts import Barred, Gone, Impossible, Late
from app.web.guard import page_before
from app.web.refusals import Conflict, Forbidden, NotFound, Refusal, SignedOut, Unfit

log = logging.getLogger(__name__)


ANSWERS: dict[type[Exception], type[Refusal]] = {
    Gone: NotFound,
    Barred: Forbidden,
    Late: Conflict,
    Impossible: Refusal,
}
"""How a service's fact is answered where the view has no better words for it."""


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(SignedOut, _signed_out)
    for fact, refusal in ANSWERS.items():
        app.register_error_handler(fact, _unsaid(refusal))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(TooLong, _too_long)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(OverflowError, _unkeepable)
    app.register_error_handler(UnicodeEncodeError, _unkeepable)
    app.register_error_handler(500, _crashed)


def error_page(status: int, title: str, what: str, next_step: str) -> Any:
    """Render an error page; plain text for callers that do not ask for HTML."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return {"error": title, "detail": what}, status
    return render_template(
        "web/error.html", status=status, title=title, what=what, next_step=next_step
    ), status


def _refused(refusal: Refusal) -> Any:
    titles = {403: _("This is not yours to open"), 404: _("Nothing here"), 409: _("That did not go through")}
    whats = {
        400: _("What was sent does not fit this page. Nothing was changed."),
        403: _("Your account may not see or do this. Nothing was changed."),
        404: _("The address is wrong, or what was here is gone or not visible to you."),
        409: _("Things changed while you were looking. Nothing was changed."),
        422: _("What was sent does not fit this page. Nothing was changed."),
    }
    steps = {
        400: _("Go back, reload the page and try again."),
        403: _("If you think you should, ask your manager or HR."),
        404: _("Go back, or start from your home page."),
        409: _("Go back, reload the page and try again."),
        422: _("Go back, shorten it and send it again."),
    }
    status = refusal.status
    return error_page(
        status,
        titles.get(status, _("That did not go through")),
        refusal.message or whats[status],
        steps[status],
    )


def _signed_out(refusal: SignedOut) -> Any:
    """Say that a form came too late, and lead back to its page by way of the sign-in."""
    return render_template(
        "web/error.html",
        status=refusal.status,
        title=_("You are no longer signed in"),
        what=_("Your session has ended, or you signed out in another window. Nothing you sent was saved."),
        next_step=_(
            "To keep a text that you wrote, go back in your browser and copy it first. Then sign in: you "
            "return to the page you came from."
        ),
        sign_in_url=url_for("people.sign_in", next=page_before()),
    ), refusal.status


def _unsaid(refusal: type[Refusal]) -> Callable[[Exception], Any]:
    def answer(fact: Exception) -> Any:
        log.info("%s on %s %s: %s", type(fact).__name__, request.method, request.path, fact)
        db.session.rollback()  # the page reads, which a failed transaction refuses
        return _refused(refusal())

    return answer


def _stale_form(_error: CSRFError) -> Any:
    return error_page(
        400,
        _("This form is out of date"),
        _("The page was open too long or you signed in again elsewhere. Nothing was changed."),
        _("Go back, reload the page and send it again."),
    )


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    words = {
        404: (
            _("Nothing here"),
            _("The address is wrong, or what was here is gone or not visible to you."),
            _("Go back, or start from your home page."),
        ),
        405: (_("Not like that"), _("This address does not take that kind of request."), _("Go back.")),
        413: (
            _("Too large"),
            _("A file may have 20 MB, the text of a form 4 MB. Nothing was changed."),
            _("Send a smaller file or a shorter text."),
        ),
        429: (
            _("Too many tries"),
            _("For safety this is paused for a while."),
            _("Wait a minute and try again."),
        ),
    }
    title, what, step = words.get(
        status, (_("That did not go through"), error.description or "", _("Go back and try again."))
    )
    page, code = error_page(status, title, what, step)
    return page, code, [(k, v) for k, v in error.get_headers() if k in {"Allow", "Retry-After"}]


def _unkeepable(_error: Exception) -> Any:
    """Answer a number or text that the database, or the calendar, cannot hold."""
    log.warning("value beyond what can be kept on %s %s", request.method, request.path, exc_info=True)
    db.session.rollback()  # the page reads, which a failed transaction refuses
    return error_page(
        422,
        _("That did not go through"),
        _("A text or a number in it is larger than can be kept. Nothing was changed."),
        _("Go back, shorten it and send it again."),
    )


def _too_long(error: TooLong) -> Any:
    """Answer a text that no form stopped; its column did."""
    log.warning("text beyond its column on %s %s", request.method, request.path, exc_info=True)
    db.session.rollback()  # the page reads, which a failed transaction refuses
    return _refused(
        Unfit(_("A text in it is longer than the %(limit)s characters that can be kept.", limit=error.limit))
    )


def _crashed(_error: Exception) -> Any:
    log.exception("unhandled error on %s %s", request.method, request.path)
    db.session.rollback()  # the page reads, which a failed transaction refuses
    return error_page(
        500,
        _("Something broke on our side"),
        _("Nothing you sent in this step was half-saved. The fault was written to the log."),
        _("Try again; if it stays, tell your administrator the time and the page."),
    )
