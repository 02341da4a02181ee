"""Text that people read in templates can be translated: it stands in `_("…")`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

TEMPLATES = sorted((ROOT / "app").rglob("templates/**/*.html"))
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.S)
NOT_READ = re.compile(
    r"{%-?\s*(?:raw|trans).*?end(?:raw|trans)\s*-?%}|{% block (?:width|roomy) %}.*?{% endblock %}", re.S
)
NAMES = {"Tandem"}
GLUED = re.compile(r"}}{% end(?:if|for) %}\n{{ (?:_|ngettext)\(")
READ_ALOUD = re.compile(r"\b(?:aria-label|title|placeholder|alt|data-confirm|data-busy)=\"([^\"]*)\"")


def untranslated(text: str) -> list[str]:
    """Return the words of a template that no translation can reach."""
    bare = JINJA.sub("\0", NOT_READ.sub("\0", text))
    found = [value for value in READ_ALOUD.findall(bare) if re.search(r"[A-Za-z]{2}", value)]
    without_tags = re.sub(
        r"<(script|style|code|pre|kbd)\b.*?</\1>|<!--.*?-->|<[^>]*>", "\0", bare, flags=re.S
    )
    for piece in re.split(r"[\0\n]", without_tags):
        words = re.sub(r"&\w+;", "", piece).strip(" ·–—:,.()")
        if re.search(r"[A-Za-z]{2}", words) and words not in NAMES:
            found.append(words)
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_words_in_templates_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p>Save it</p>", ["Save it"]),
        ('<p>{{ _("Save it") }}</p>', []),
        ('<a title="Back">{{ x }}</a>', ["Back"]),
        ('<a class="btn" title="{{ _("Back") }}">·</a>', []),
        ("{# a note #}<b>{{ n }}</b> min", ["min"]),
    ],
)
def test_the_check_sees_bare_words(template: str, expected: list[str]) -> None:
    assert untranslated(template) == expected


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_sentence_does_not_run_into_the_next(path: Path) -> None:
    """Jinja drops the line break after a tag; the line that follows begins with a space."""
    assert GLUED.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "glued"),
    [
        ('{{ _("One.") }}{% endif %}\n{{ _("Two.") }}', True),
        ('{{ _("One.") }}{% endif %}\n{{ ngettext("%(num)s day", "%(num)s days", n) }}', True),
        ('{{ _("One.") }}{% endif %}\n  {{ _("Two.") }}', False),
        ('{{ _("One.") }}{% endif %}\n{{ ui.button(_("Two")) }}', False),
    ],
)
def test_the_check_sees_where_sentences_meet(template: str, glued: bool) -> None:
    assert bool(GLUED.search(template)) is glued
