"""Turn the texts of questions into safe HTML; nothing an author wrote reaches a page any other way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import PurePosixPath

import markdown
import nh3

from app.quizzes.question import BLANK, Question, Text, TextFormat
from app.quizzes.question_json import question_from_json

GAP = "\ufffc"
"""Stands in rendered text where the learner fills in the missing word."""

INLINE = {"strong", "em", "b", "i", "u", "code", "sub", "sup", "br", "span", "img", "kbd"}
BLOCK = INLINE | {
    "p", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "caption", "blockquote", "pre",
    "hr", "div", "dl", "dt", "dd", "h3", "h4",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "th": {"scope"}, "span": {"lang", "dir"}}
PARAGRAPH = re.compile(r"<p>(.*)</p>", re.S)
BREAKS = re.compile(r"</(?:p|li|div|tr|h3|h4|dt|dd|blockquote)>\s*(?=\S)")
PICTURE = re.compile(r"<img\b[^>]*>")
SOURCE = re.compile(r'\bsrc="([^"]*)"')
ALT = re.compile(r'\balt="')


@dataclass(frozen=True)
class Rendered:
    """Hold the HTML of one question version: text and feedback as blocks, answers and stems inline."""

    text: str
    answers: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    feedback: dict[Text, str] = field(default_factory=dict)


def render_question(question: Question, media_base: str = "") -> str:
    """Return every text of a question as sanitised HTML, packed as JSON for `unpack`.

    `media_base` is the address below which pictures lie; without it pictures are replaced by their
    description.
    """
    return json.dumps(
        {
            "text": to_html(question.text, media_base, blank=True),
            "answers": [to_html(answer.text, media_base, inline=True) for answer in question.answers],
            "stems": [to_html(pair.stem, media_base, inline=True) for pair in question.pairs if pair.stem],
            "feedback": [to_html(text, media_base) for text in feedback_texts(question)],
        },
        ensure_ascii=False,
    )


@lru_cache(maxsize=4096)
def unpack(definition: str, rendered: str) -> Rendered:
    """Return the HTML that `render_question` packed for the question stored as `definition`."""
    raw = json.loads(rendered)
    return Rendered(
        raw["text"],
        tuple(raw["answers"]),
        tuple(raw["stems"]),
        dict(zip(feedback_texts(question_from_json(definition)), raw["feedback"], strict=True)),
    )


def feedback_texts(question: Question) -> tuple[Text, ...]:
    """Return the texts that a learner may read after answering, each once."""
    texts = (
        *(answer.feedback for answer in question.answers),
        question.correct_feedback,
        question.partial_feedback,
        question.incorrect_feedback,
        question.general_feedback,
        question.marker_notes,
    )
    return tuple(dict.fromkeys(text for text in texts if text))


def to_html(text: Text, media_base: str = "", *, inline: bool = False, blank: bool = False) -> str:
    """Return sanitised HTML of a text; `inline` keeps only what may stand in a label or an option."""
    source = text.text.replace(GAP, "")
    if blank:
        source = source.replace(BLANK, GAP)
    html = _markup(source, text.format)
    if inline:
        html = BREAKS.sub(r"\g<0><br>", html)
    html = nh3.clean(
        html,
        tags=INLINE if inline else BLOCK,
        attributes=ATTRIBUTES,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
    ).strip()
    if inline and (whole := PARAGRAPH.fullmatch(html)):
        html = whole[1]
    return PICTURE.sub(lambda found: _picture(found[0], media_base), html)


def plain(html: str) -> str:
    """Return sanitised HTML as plain text on one line, for titles and tables."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace(GAP, BLANK).split())


def _markup(source: str, format_: TextFormat) -> str:
    match format_:
        case TextFormat.MARKDOWN:
            return markdown.markdown(
                source, extensions=["tables", "fenced_code", "sane_lists"], output_format="html"
            )
        case TextFormat.HTML:
            return source
        case TextFormat.PLAIN:
            return _paragraphs(escape(source, quote=False))
        case TextFormat.MOODLE:
            return _paragraphs(source)


def _paragraphs(source: str) -> str:
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", source)]
    return "".join("<p>{}</p>".format(piece.replace("\n", "<br>")) for piece in pieces if piece)


def _picture(tag: str, media_base: str) -> str:
    found = SOURCE.search(tag)
    path = PurePosixPath((found[1] if found else "").replace("@@PLUGINFILE@@/", "media/"))
    parts = [part for part in path.parts if part not in {"..", "."}]
    if not media_base or len(parts) != 2 or parts[0] != "media":
        described = re.search(r'\balt="([^"]*)"', tag)
        return described[1] if described else ""
    tag = SOURCE.sub(lambda _: f'src="{media_base}/{parts[1]}"', tag)
    return tag if ALT.search(tag) else tag.replace("<img", '<img alt=""', 1)
