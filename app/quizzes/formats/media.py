"""Media that questions show: the names that texts refer to, and the files that come with them.

A text refers to a file that came with it as `@@PLUGINFILE@@/name`, Moodle's way; whoever keeps the files
puts their address there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from app.quizzes.formats.result import Findings, MediaFile
from app.quizzes.question import Question, TextFormat

IN_HTML = re.compile(
    r"""(<(?:img|audio|video|source|object|a)\b[^<>]{0,2000}?\s(?:src|href|data)\s*=\s*["']?)([^"'\s<>]{1,500})""",
    re.IGNORECASE,
)
IN_MARKDOWN = re.compile(r"(!\[[^\[\]]{0,500}\]\(<?)([^()<>\s]{1,500})")
HERE = "@@PLUGINFILE@@/"
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|#|/|\$)", re.IGNORECASE)
UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\]")


def media_names(question: Question) -> tuple[str, ...]:
    """Return the names of the files that the question's texts show, in order, each once.

    Addresses on the web and in-page links are not files of ours and are left out.
    """
    names: dict[str, None] = {}
    for text in question.texts():
        if "<" in text.text:
            names.update((found[2], None) for found in IN_HTML.finditer(text.text))
        if text.format is TextFormat.MARKDOWN and "![" in text.text:
            names.update((found[2], None) for found in IN_MARKDOWN.finditer(text.text))
    if not names:
        return ()
    return tuple(dict.fromkeys(plain_name(name) for name in names if not ELSEWHERE.match(name)))


def plain_name(reference: str) -> str:
    """Return the file name that a reference in a text means."""
    return unquote(reference.removeprefix(HERE))


def change_references(text: str, change: Callable[[str], str]) -> str:
    """Return HTML with every reference to a file replaced; `change` takes and returns a reference."""
    return IN_HTML.sub(lambda found: found[1] + change(found[2]), text) if "<" in text else text


def safe_name(path: str) -> str:
    """Return a media path without anything that leads out of its folder; empty when nothing is left."""
    parts = [UNSAFE.sub("_", part).strip() for part in path.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-200:]


class MediaBag:
    """Collect the files of one reading; two different files of one name get two names."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.files: dict[str, bytes] = {}

    def add(self, path: str, data: bytes, line: int = 0) -> str:
        """Keep a file and return the reference to put into texts."""
        name = safe_name(path) or "file"
        if name != path.strip("/"):
            self.findings.warn(line, f"The media file “{path[:100]}” is kept under the safe name “{name}”.")
        stem, number = PurePosixPath(name), 1
        while self.files.setdefault(name, data) != data:
            number += 1
            name = str(stem.with_name(f"{stem.stem}-{number}{stem.suffix}"))
        return HERE + quote(name)

    def all(self) -> tuple[MediaFile, ...]:
        """Return the files in the order they were added."""
        return tuple(MediaFile(name, data) for name, data in self.files.items())

    def warn_of_missing(self, questions: Iterable[Question]) -> None:
        """Warn of every file that a text shows and that did not come along."""
        for question in questions:
            for name in question.media:
                if name not in self.files:
                    self.findings.warn(
                        question.line,
                        f"“{question.name}” shows the file “{name[:100]}”, which did not come along.",
                    )
