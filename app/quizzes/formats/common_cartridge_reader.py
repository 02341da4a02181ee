"""Read QTI 1.2: alone, in a Common Cartridge, or in a Canvas export."""

from __future__ import annotations

import posixpath
import re
from html import unescape
from urllib.parse import quote, unquote

from app.quizzes.formats.archive import Archive
from app.quizzes.formats.detection import ZIP, root_tag
from app.quizzes.formats.media import ELSEWHERE, HERE
from app.quizzes.formats.package import PackageReader
from app.quizzes.formats.qti12_item import Qti12Item
from app.quizzes.formats.qti_item import NotAsked
from app.quizzes.formats.result import Findings, QuestionMalformed, ReadResult
from app.quizzes.formats.xml_tree import Node, stream

FORMAT = "common-cartridge"
ROOT = "questestinterop"
CANVAS_FOLDER = "non_cc_assessments/"
WEB_FOLDER = "web_resources/"
FILE_BASE = re.compile(r"(?:\$|%24)IMS[-_]CC[-_]FILEBASE(?:\$|%24)/?", re.IGNORECASE)
TOKEN = re.compile(r"(?:\$|%24)[A-Z_]+(?:\$|%24)")
# Names of the whole stand before the first item; items are streamed, so the head is looked at apart.
TITLES = (
    re.compile(r"<assessment\b[^>]{0,2000}?\btitle\s*=\s*[\"']([^\"']{1,500})"),
    re.compile(r"<fieldlabel>\s*bank_title\s*</fieldlabel>\s*<fieldentry>([^<]{1,500})"),
)
IDENT = re.compile(r"<(?:assessment|objectbank)\b[^>]{0,2000}?\bident\s*=\s*[\"']([^\"']{1,500})")


def read_common_cartridge(data: bytes) -> ReadResult:
    """Return the questions of every QTI 1.2 document in a cartridge, with the media that they show.

    Raises UnreadableFile when the file is hostile.
    """
    reader = _Reader()
    if data.startswith(ZIP):
        reader.archive = Archive(data)
        for member in _documents(reader.archive):
            reader.document(reader.archive.read(member), member)
    else:
        reader.document(data, "")
    return reader.result(FORMAT)


def _documents(archive: Archive) -> list[str]:
    """Return the QTI documents; Canvas writes each quiz twice, and its own fuller one is taken."""
    found = [
        name
        for name in archive.names
        if name.lower().endswith((".xml", ".qti")) and root_tag(archive.head(name)) == ROOT
    ]
    idents = {name: _in_head(archive.head(name), IDENT) for name in found}
    fuller = {idents[name] for name in found if name.startswith(CANVAS_FOLDER)}
    return [
        name
        for name in found
        if name.startswith(CANVAS_FOLDER) or not idents[name] or idents[name] not in fuller
    ]


def _in_head(head: bytes, pattern: re.Pattern[str]) -> str:
    found = pattern.search(head.decode("utf-8", "replace"))
    return unescape(found[1]).strip() if found else ""


class _Reader(PackageReader):
    """Read documents one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.archive: Archive | None = None
        self.member = ""

    def document(self, data: bytes, member: str) -> None:
        """Read the items of one document."""
        self.member = member
        head = data[:8192]
        category = next(filter(None, (_in_head(head, title) for title in TITLES)), "")
        own = Findings()
        for node in stream(data, "item", own):
            self._item(node, category)
        for error in own.errors:
            self.findings.error(error.line, error.message, error.column, member)

    def _item(self, node: Node, category: str) -> None:
        try:
            question = Qti12Item(node, self._refer, self.notes).question(category, self._warn)
        except NotAsked as other:
            self.leave_out(node.line, node.get("title") or node.get("ident"), other, self.member)
            return
        except QuestionMalformed as malformed:
            self.findings.error(malformed.problem.line, malformed.problem.message, 0, self.member)
            return
        self.keep(question)

    def _warn(self, line: int, message: str) -> None:
        self.findings.warn(line, message, 0, self.member)

    def _refer(self, reference: str) -> str:
        """Return a reference to media in the cartridge as one of ours."""
        base = FILE_BASE.match(reference)
        if base is None and TOKEN.match(reference):
            self.notes.add("Links into the course they came from lead nowhere here")
            return reference
        if base is None and ELSEWHERE.match(reference):
            return reference
        path = unquote(reference[base.end() if base else 0 :].partition("?")[0])
        folder = posixpath.dirname(self.member)
        for candidate in (WEB_FOLDER + path, posixpath.join(folder, path), path):
            name = posixpath.normpath(candidate)
            if self.archive is not None and name in self.archive:
                return self.media.add(name.removeprefix(WEB_FOLDER), self.archive.read(name))
        return HERE + quote(posixpath.normpath(path).lstrip("./"))
