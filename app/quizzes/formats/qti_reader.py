"""Read QTI 2.1, 2.2 and 3.0: a content package, or a single item as bare XML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from app.quizzes.formats.archive import Archive
from app.quizzes.formats.detection import ZIP, root_tag
from app.quizzes.formats.media import ELSEWHERE, HERE
from app.quizzes.formats.package import PackageReader
from app.quizzes.formats.qti_item import ItemSource, NotAsked, read_item
from app.quizzes.formats.result import Findings, QuestionMalformed, ReadResult, UnreadableFile
from app.quizzes.formats.xml_tree import Node, parse

FORMAT = "qti"
MANIFEST = "imsmanifest.xml"
MEDIA_FOLDER = "media/"
ITEM_ROOTS = ("assessmentItem", "qti-assessment-item")
NO_ITEM = "The file holds no assessment item. Export the items, not only the test."


@dataclass(frozen=True, slots=True)
class Listed:
    """Hold what a manifest says of one item."""

    member: str
    tags: tuple[str, ...] = ()
    category: str = ""


def read_qti(data: bytes) -> ReadResult:
    """Return the questions of a QTI package or item, with the media that they show.

    Raises UnreadableFile when the package is hostile or holds no item.
    """
    reader = _Reader()
    if data.startswith(ZIP):
        archive = Archive(data)
        for listed in items_of(archive, reader.findings):
            reader.member(archive, listed)
    else:
        if root_tag(data) not in ITEM_ROOTS:
            raise UnreadableFile(NO_ITEM, 1)
        reader.item(parse(data), ItemSource())
    if not reader.seen:
        raise UnreadableFile(NO_ITEM)
    return reader.result(FORMAT)


def items_of(archive: Archive, findings: Findings) -> Iterator[Listed]:
    """Yield the items of a package in the manifest's order, then those that it does not list."""
    names = set(archive.names)
    manifests = sorted((n for n in names if n.rpartition("/")[2].lower() == MANIFEST), key=len)
    seen = set()
    if manifests:
        folder = posixpath.dirname(manifests[0])
        try:
            root = parse(archive.read(manifests[0]))
        except UnreadableFile as broken:
            findings.error(broken.problem.line, str(broken), broken.problem.column, manifests[0])
            root = Node("manifest", {}, 0)
        for resource in root.within("resource"):
            member = posixpath.normpath(posixpath.join(folder, unquote(resource.get("href"))))
            kind = resource.get("type").lower()
            if not resource.get("href") or "qti" not in kind or "test" in kind or member in seen:
                continue
            seen.add(member)
            if member not in names:
                findings.error(
                    resource.line, f"“{member[:100]}” is listed but not in the package.", 0, manifests[0]
                )
            elif root_tag(archive.head(member)) in ITEM_ROOTS:
                yield _listed(member, resource)
    for name in archive.names:
        if name not in seen and name.lower().endswith(".xml") and root_tag(archive.head(name)) in ITEM_ROOTS:
            if manifests:
                findings.warn(0, "The manifest does not list this item; it is read all the same.", 0, name)
            yield Listed(name)


def _listed(member: str, resource: Node) -> Listed:
    words = [node.all_text.strip() for node in resource.within("keyword")]
    entries = [node.all_text.strip() for node in resource.within("entry")]
    return Listed(member, tuple(dict.fromkeys(filter(None, words))), entries[0] if entries else "")


class _Reader(PackageReader):
    """Read items one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def member(self, archive: Archive, listed: Listed) -> None:
        """Read one item of a package."""

        def refer(reference: str) -> str:
            if ELSEWHERE.match(reference):
                return reference
            path = posixpath.normpath(posixpath.join(posixpath.dirname(listed.member), unquote(reference)))
            if path not in archive:
                return HERE + quote(path.removeprefix(MEDIA_FOLDER).lstrip("./"))
            return self.media.add(path.removeprefix(MEDIA_FOLDER), archive.read(path))

        self.seen += 1
        source = ItemSource(listed.member, listed.tags, listed.category, refer)
        try:
            root = parse(archive.read(listed.member))
        except UnreadableFile as broken:
            self.findings.error(broken.problem.line, str(broken), broken.problem.column, listed.member)
            return
        self.item(root, source)

    def item(self, root: Node, source: ItemSource) -> None:
        """Read one parsed item."""
        self.seen = max(self.seen, 1)
        try:
            question = read_item(
                root,
                source,
                self.notes,
                lambda line, words: self.findings.warn(line, words, 0, source.member),
            )
        except NotAsked as other:
            self.leave_out(root.line, root.get("title") or root.get("identifier"), other, source.member)
            return
        except QuestionMalformed as malformed:
            self.findings.error(malformed.problem.line, malformed.problem.message, 0, source.member)
            return
        self.keep(question)
