"""Refuse what no page could have sent, for every route at once, before it reaches a domain.

PostgreSQL cannot keep the character NUL: left to it, one in an address or a field would end as a crash.
Numbers too long for an id are the business of `addresses`; what else cannot be kept, of `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, request

from app.web.forms import LONGEST_LINE, LONGEST_VALUE, one_newline, too_long
from app.web.refusals import NotFound, Refusal, Unfit

NUL = "\0"


def init_app(app: Flask) -> None:
    """Refuse NUL and what is longer than any page takes, before anything else reads them."""
    app.before_request(_refuse_nul)
    app.before_request(_refuse_too_long)


def _refuse_nul() -> None:
    if NUL in request.path:
        raise NotFound()
    if _has_nul(request.args.items(multi=True)) or _has_nul(request.form.items(multi=True)):
        raise Refusal()


def _refuse_too_long() -> None:
    names = (value for value in (request.view_args or {}).values() if isinstance(value, str))
    if any(len(name) > LONGEST_LINE for name in names):
        raise NotFound()
    for name, value in request.form.items(multi=True):
        length = len(one_newline(value))
        if length > LONGEST_VALUE:
            raise Unfit(f"{name[:40]}: {too_long(LONGEST_VALUE, length)}")


def _has_nul(pairs: Iterable[tuple[str, str]]) -> bool:
    return any(NUL in name or NUL in value for name, value in pairs)
