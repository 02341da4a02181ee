"""Translate words: one look-up per phrase, in a catalogue that is found once per request.

Flask-Babel's own functions find the request, the locale and the catalogue anew for each phrase; a page has
a hundred. Catalogues come with the release and do not change while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from babel.support import NullTranslations
from flask import Flask, current_app, g
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

KEPT = 4000  # phrases of templates; a template that translates data cannot fill the memory


@dataclass(frozen=True)
class Catalogue:
    """One language's words; `markup` holds phrases without placeholders as they stand in a page."""

    locale: str
    translations: NullTranslations
    markup: dict[str, Markup] = field(default_factory=dict)


def catalogue() -> Catalogue:
    """Return the words of this request's language."""
    found: Catalogue | None = g.get("catalogue")
    if found is None:
        kept: dict[str, Catalogue] = current_app.extensions["catalogues"]
        locale = str(get_locale() or "en")
        if locale not in kept:
            kept[locale] = Catalogue(locale, Domain().get_translations())
        found = g.catalogue = kept[locale]
    return found


class Words(Domain):
    """What `gettext` in Python code asks, too: the words of this request's language."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue found once for this request."""
        return catalogue().translations if g else NullTranslations()


@pass_eval_context
def translate(context: EvalContext, phrase: str, /, **values: object) -> str:
    """Return a phrase in the reader's language, its placeholders filled and, in HTML, escaped."""
    words = catalogue()
    ready = words.markup.get(phrase)
    if ready is not None and context.autoescape:
        return ready
    said: str = words.translations.ugettext(phrase)
    if not context.autoescape:
        return said % values
    if "%" in said:
        return Markup(said) % values  # noqa: S704 -- the phrase is the template's own
    if len(words.markup) < KEPT:
        words.markup[phrase] = Markup(said)  # noqa: S704
    return Markup(said)  # noqa: S704


@pass_eval_context
def translate_number(context: EvalContext, one: str, many: str, num: int, /, **values: object) -> str:
    """Return the form of a phrase that fits a number, its placeholders filled and, in HTML, escaped."""
    said: str = catalogue().translations.ungettext(one, many, num)
    values.setdefault("num", num)
    return (Markup(said) if context.autoescape else said) % values  # noqa: S704


def init_app(app: Flask, babel: Babel) -> None:
    """Give templates these functions and Python code these words; call after Flask-Babel is set up."""
    babel.domain_instance = Words()
    app.extensions["catalogues"] = {}
    given: dict[str, Any] = {"_": translate, "gettext": translate, "ngettext": translate_number}
    app.jinja_env.globals.update(given)
