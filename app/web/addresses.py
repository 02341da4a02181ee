"""Numbers in addresses: ids as the database can hold them, so that a longer one is simply not found."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """Match whole numbers up to the largest id of a database column."""

    def __init__(self, map: Map, *args: object, **kwargs: object) -> None:
        super().__init__(map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Let `<int:…>` of every route match ids only; call before routes are registered."""
    app.url_map.converters["int"] = IdConverter
