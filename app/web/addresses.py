"""Addresses: built once and kept; their ids fit the database, so that a longer one is simply not found."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
KEPT, LONGEST = 8192, 40
"""How many addresses are kept, and the letters of a value in them: secrets are longer and are not kept."""


class House(Flask):
    """A Flask application that keeps the addresses it has built: a table of a team asks for hundreds.

    Routes do not change after the start and the site stands at the root of its host, so an address within
    it hangs on nothing but the route and its values.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[object, ...], str] = {}

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return an address, as Flask does; from memory where it was built before from the same values."""
        special = _anchor or _method or _scheme or _external is not None
        if special or not has_request_context() or not all(map(_plain, values.values())):
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        if endpoint.startswith("."):  # of the blueprint whose page this is
            endpoint = f"{request.blueprint}{endpoint}" if request.blueprint else endpoint[1:]
        key = (endpoint, *values.items())
        kept = self._addresses.get(key)
        if kept is None:
            kept = super().url_for(endpoint, **values)
            if len(self._addresses) >= KEPT:
                self._addresses.clear()
            self._addresses[key] = kept
        return kept


def _plain(value: object) -> bool:
    """Tell whether equal values give equal addresses (1 and True are equal) and are short enough to keep."""
    return type(value) is int or (type(value) is str and len(value) <= LONGEST)


class IdConverter(IntegerConverter):
    """Match whole numbers up to the largest id of a database column."""

    def __init__(self, map: Map, *args: object, **kwargs: object) -> None:
        super().__init__(map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Let `<int:…>` of every route match ids only; call before routes are registered."""
    app.url_map.converters["int"] = IdConverter
