"""Refuse what no page could have sent, for every route at once, before it reaches a domain.

PostgreSQL cannot keep the character NUL: left to it, one in an address or a field would end as a crash.
Numbers too long for an id are the business of `addresses`; what else cannot be kept, of `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, request

from app.web.refusals import NotFound, Refusal

NUL = "\0"


def init_app(app: Flask) -> None:
    """Refuse NUL in addresses and fields, before anything else reads them."""
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if NUL in request.path:
        raise NotFound()
    if _has_nul(request.args.items(multi=True)) or _has_nul(request.form.items(multi=True)):
        raise Refusal()


def _has_nul(pairs: Iterable[tuple[str, str]]) -> bool:
    return any(NUL in name or NUL in value for name, value in pairs)
