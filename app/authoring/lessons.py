"""Turn lesson Markdown into safe HTML: callouts, video links, glossary terms; report what cannot be shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

import markdown
import nh3

from app.playbook.definitions import Term

MAX_CHARACTERS = 100_000
MAX_BRACKETS = 1_000
TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "img", "table", "thead", "tbody", "tr",
    "th", "td", "blockquote", "code", "pre", "hr", "br", "div", "dl", "dt", "dd", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "class", "title"},
    "img": {"src", "alt", "loading"},
    "div": {"class"},
    "p": {"class"},
    "th": {"scope"},
}
CLASSES = re.compile(
    r"(callout( callout-(do|dont|note))?|callout-title|table-scroll|video-link|glossary-term)"
)
TABLE_OPEN = '<div class="table-scroll" role="region" tabindex="0" aria-label="Table {number}">'
CALLOUTS = {"do", "dont", "note"}
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
CALLOUT = re.compile(r"^(!!!|\?\?\?)[ \t]*(\S*)", re.M)
HEADING = re.compile(r"^# ", re.M)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a text: line and column within it, from 1."""

    line: int
    column: int
    message: str


def check_text(text: str, media: Iterable[str]) -> list[Fault]:
    """Return what is wrong with a text: size, headings, callouts, links and images that do not exist."""
    if len(text) > MAX_CHARACTERS:
        return [Fault(1, 1, f"The text has {len(text):,} characters; {MAX_CHARACTERS:,} is the limit.")]
    if text.count("[") + text.count("]") > MAX_BRACKETS:
        return [Fault(1, 1, f"There are over {MAX_BRACKETS:,} square brackets. Remove what is not a link.")]
    known = set(media)
    faults = []

    def at(position: int, message: str) -> None:
        start = text.rfind("\n", 0, position) + 1
        faults.append(Fault(text.count("\n", 0, position) + 1, position - start + 1, message))

    for found in HEADING.finditer(text):
        at(found.start(), "`# ` is the page's own title. Begin headings with `## `.")
    for found in CALLOUT.finditer(text):
        if found[1] != "!!!" or found[2] not in CALLOUTS:
            at(
                found.start(),
                "Unknown callout. Write `!!! do`, `!!! dont` or `!!! note` and a title.",
            )
    for found in IMAGE.finditer(text):
        if not found[1].strip():
            at(
                found.start(),
                "The image has no description. Write `![what it shows](…)`.",
            )
        name = media_name(found[2])
        if name is None:
            at(found.start(), f"`{found[2]}` is not in the media folder. Write `../media/name.svg`.")
        elif name not in known:
            at(found.start(), f"The image `{name}` is missing from the media folder.")
    for found in LINK.finditer(text):
        if not re.match(r"(https?://|mailto:|/|#)", found[1]):
            at(found.start(), f"`{found[1]}` leads nowhere. Use an address that begins with https:// or /.")
    return faults


def media_name(target: str) -> str | None:
    """Return the file name of an image in the module's media folder, or None for any other place."""
    path = PurePosixPath(target)
    parts = [part for part in path.parts if part not in {"..", "."}]
    return parts[1] if len(parts) == 2 and parts[0] == "media" else None


def render(text: str, media_url: Callable[[str], str], terms: Iterable[Term] = ()) -> str:
    """Return sanitised HTML of a checked text; each glossary term is linked where it first occurs."""
    text = IMAGE.sub(lambda m: f"![{m[1]}]({media_url(media_name(m[2]) or '')})", text)
    html = markdown.markdown(
        text,
        extensions=["tables", "fenced_code", "def_list", "admonition", "sane_lists"],
        output_format="html",
    )
    html = html.replace('class="admonition ', 'class="callout callout-')
    html = html.replace('class="admonition-title"', 'class="callout-title"')
    html = re.sub(r'<a href="([^"]*)">\s*Video:\s*', r'<a class="video-link" href="\1">', html)
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep_class,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
    )
    html = html.replace("<th>", '<th scope="col">').replace("<img ", '<img loading="lazy" ')
    numbers = itertools.count(1)
    html = re.sub(
        r"<table>.*?</table>",
        lambda m: f"{TABLE_OPEN.format(number=next(numbers))}{m[0]}</div>",
        html,
        flags=re.S,
    )
    return link_terms(html, terms)


def _keep_class(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "class" or CLASSES.fullmatch(value) else None


def link_terms(html: str, terms: Iterable[Term]) -> str:
    """Link the first occurrence of each term (or another name of it) outside links, headings and code."""
    by_name = {name.casefold(): term for term in terms for name in (term.term, *term.also)}
    if not by_name:
        return html
    names = sorted(by_name, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(re.escape(n) for n in names) + r")(?![\w-])", re.I)
    done: set[str] = set()
    quiet = 0
    out = []

    def link(match: re.Match[str]) -> str:
        term = by_name[match[0].casefold()]
        if term.slug in done:
            return match[0]
        done.add(term.slug)
        meaning = escape(term.meaning)
        return f'<a class="glossary-term" href="/glossary#{term.slug}" title="{meaning}">{match[0]}</a>'

    for piece in re.split(r"(<[^>]+>)", html):
        if piece.startswith("<"):
            name = re.match(r"</?(\w+)", piece)
            if name and name[1] in {"a", "h2", "h3", "h4", "code", "pre", "th"}:
                quiet += -1 if piece.startswith("</") else 1
            out.append(piece)
        else:
            out.append(piece if quiet > 0 else pattern.sub(link, piece))
    return "".join(out)
