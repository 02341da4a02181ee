"""Find the media that question texts refer to."""

from __future__ import annotations

import re
from urllib.parse import unquote

from app.quizzes.question import Question, TextFormat

IN_HTML = re.compile(
    r"""<(?:img|audio|video|source|a)\b[^>]{0,2000}?\s(?:src|href)\s*=\s*["']?([^"'\s>]{1,500})""", re.I
)
IN_MARKDOWN = re.compile(r"!\[[^\[\]]{0,500}\]\(<?([^()<>\s]{1,500})")
PLUGIN_FILE = "@@PLUGINFILE@@/"
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|#|/)", re.I)


def media_names(question: Question) -> tuple[str, ...]:
    """Return the names of the files that the question's texts show, in order, each once.

    Addresses on the web and in-page links are not files of ours and are left out.
    """
    names: dict[str, None] = {}
    for text in question.texts():
        if "<" in text.text:
            names.update(dict.fromkeys(IN_HTML.findall(text.text)))
        if text.format is TextFormat.MARKDOWN and "![" in text.text:
            names.update(dict.fromkeys(IN_MARKDOWN.findall(text.text)))
    return tuple(dict.fromkeys(_plain(name) for name in names if not ELSEWHERE.match(name)))


def _plain(name: str) -> str:
    return unquote(name.removeprefix(PLUGIN_FILE))
