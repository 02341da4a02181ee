"""Draw a part of a page once: `{% keep a, b %}…{% endkeep %}` in a template.

The navigation is the same for everyone who may go to the same places, and drawing it takes longer than many a
page's content.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Flask
from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.nodes import CallBlock, Const, Node
from jinja2.parser import Parser

from app.web.words import catalogue

KEPT = 4096


class Keep(Extension):
    """A part that hangs on nothing but the values named at its beginning and the reader's language.

    Where a value is forgotten, one reader is shown what was drawn for another: no token, address of the page
    or name may stand inside that is not named. Values are hashable.
    """

    tags = {"keep"}  # noqa: RUF012 -- as Jinja declares it

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._drawn: dict[Hashable, str] = {}

    def forget(self) -> None:
        """Draw every part anew from now on."""
        self._drawn.clear()

    def parse(self, parser: Parser) -> Node:
        """Read the tag and its body."""
        line = next(parser.stream).lineno
        values = parser.parse_tuple()
        body = parser.parse_statements(("name:endkeep",), drop_needle=True)
        call = self.call_method("_draw", [Const(f"{parser.name}:{line}"), values])
        return CallBlock(call, [], [], body).set_lineno(line)

    def _draw(self, place: str, values: Hashable, caller: Callable[[], str]) -> str:
        """Return the part as drawn before from the same values, or draw it."""
        if self.environment.auto_reload:  # of templates, while they are being written
            return caller()
        key = (place, catalogue().locale, values)
        drawn = self._drawn.get(key)
        if drawn is None:
            if len(self._drawn) >= KEPT:
                self.forget()
            drawn = self._drawn[key] = caller()
        return drawn


def init_app(app: Flask) -> None:
    """Let templates use the tag."""
    app.jinja_env.add_extension(Keep)
