"""Parse XML from strangers into small trees that know their line, within limits.

Entities and external references are refused (defusedxml); depth and number of elements are capped, because a
few megabytes of tags make a tree of gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.quizzes.formats.result import Findings, UnreadableFile

MAX_DEPTH = 150
MAX_ELEMENTS = 1_000_000
MAX_TREE_ELEMENTS = 250_000
MAX_RESTARTS = 100
CHUNK = 64 * 1024
ENCODING = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]{0,60})[\s>]")
# Expat's codes for the file ending inside an element, a closing tag that does not match, and text after all.
NOTICED_LATE = (3, 7)
JUNK_AFTER = 9
ENTITIES = (
    "The file defines its own entities, which is how XML bombs are built. Remove its <!ENTITY …> lines."
)


class Node:
    """Hold one element: local name, attributes, line, and children and text in their order."""

    __slots__ = ("attributes", "children", "line", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.children: list[Node | str] = []

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def elements(self) -> Iterator[Node]:
        """Yield the children that are elements."""
        return (child for child in self.children if isinstance(child, Node))

    def all(self, tag: str) -> list[Node]:
        """Return the children with this name."""
        return [child for child in self.elements() if child.tag == tag]

    def find(self, *path: str) -> Node | None:
        """Return the first element along a path of names, None where it ends early."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.elements() if child.tag == tag), None) if node else None
        return node

    def within(self, *tags: str) -> Iterator[Node]:
        """Yield every element below this one that has one of these names, in document order."""
        for child in self.elements():
            if child.tag in tags:
                yield child
            yield from child.within(*tags)

    @property
    def text(self) -> str:
        """Return the text right inside the element."""
        return "".join(child for child in self.children if isinstance(child, str))

    @property
    def all_text(self) -> str:
        """Return the text inside the element and all below it."""
        return "".join(child if isinstance(child, str) else child.all_text for child in self.children)


class TooMuchXml(Exception):
    """Say which limit a document passed."""


class _Builder:
    """Take the parser's events; keep the trees of elements called `name`, or the whole if that is empty."""

    def __init__(self, name: str, lines: int) -> None:
        self.name = name
        self.lines_before = lines
        self.done: list[Node] = []
        self.open: list[Node] = []
        self.depth = self.seen = self.tree_seen = self.opened_at = 0
        self.parser: DefusedXMLParser | None = None

    def attach(self, parser: DefusedXMLParser) -> None:
        """Take the parser's events at the source: ElementTree's own layer doubles the time."""
        self.parser = parser
        parser.parser.StartElementHandler = self.start
        parser.parser.EndElementHandler = self.end
        parser.parser.CharacterDataHandler = self.data

    def start(self, tag: str, attributes: list[str]) -> None:
        self.depth += 1
        self.seen += 1
        if self.depth > MAX_DEPTH:
            raise TooMuchXml(f"The XML is nested more than {MAX_DEPTH} deep.")
        if self.seen > MAX_ELEMENTS:
            raise TooMuchXml(f"The XML has more than {MAX_ELEMENTS} elements. Split the file.")
        local = tag.rpartition("}")[2]
        if not self.open and self.name and local != self.name:
            return
        self.tree_seen = self.tree_seen + 1 if self.open else 1
        if self.tree_seen > MAX_TREE_ELEMENTS:
            raise TooMuchXml(
                f"The XML has more than {MAX_TREE_ELEMENTS} elements in one piece. Split the file."
            )
        names = (name.rpartition("}")[2] for name in attributes[::2])
        node = Node(local, dict(zip(names, attributes[1::2], strict=True)) if attributes else {}, self.line())
        if self.open:
            self.open[-1].children.append(node)
        else:
            assert self.parser is not None  # noqa: S101 - set before the first byte is fed
            self.opened_at = self.parser.parser.CurrentByteIndex
        self.open.append(node)

    def line(self) -> int:
        assert self.parser is not None  # noqa: S101 - set before the first byte is fed
        return self.parser.parser.CurrentLineNumber + self.lines_before

    def take(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def data(self, data: str) -> None:
        if self.open:
            children = self.open[-1].children
            if children and isinstance(children[-1], str) and len(children[-1]) < CHUNK:
                children[-1] += data
            else:
                children.append(data)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)

    def close(self) -> None:
        """Take the end of the document."""


def parse(data: bytes) -> Node:
    """Return the root of a whole document; raises UnreadableFile with line and column."""
    (root,) = _trees(data, "", 0, b"", 0)
    return root


def stream(data: bytes, name: str, findings: Findings) -> Iterator[Node]:
    """Yield each element called `name`, one tree at a time.

    A break in the XML is reported with its line and costs only the element that is open there: reading goes
    on at the next `<name`.
    """
    start, lines, prefix = 0, 0, b""
    opening = re.compile(rb"<" + name.encode() + rb"[\s>]")
    for _ in range(MAX_RESTARTS):
        try:
            yield from _trees(data, name, start, prefix, lines)
            return
        except _Broken as broken:
            if not (prefix and broken.is_between):
                findings.error(broken.problem.line, broken.problem.message, broken.problem.column)
            found = opening.search(data, start + max(broken.offset, 1))
            if found is None:
                return
            lines += data.count(b"\n", start, found.start())
            start, prefix = found.start(), _head(data)
    findings.error(0, f"The XML is broken in more than {MAX_RESTARTS} places; the rest is not read.")


def _head(data: bytes) -> bytes:
    """Return, on one line, an XML declaration and root tag like the document's own, to go on reading with."""
    encoding, root = ENCODING.search(data[:200]), ROOT.search(data[:4096])
    name = root[1] if root else b"quiz"
    return b'<?xml version="1.0" encoding="' + (encoding[1] if encoding else b"utf-8") + b'"?><' + name + b">"


class _Broken(UnreadableFile):
    """Carry where in the bytes the broken element begins, for going on after it.

    `is_between` says that a tag outside every element we read does not match: after a restart the outer
    elements are not known, so that this is no fault of the file.
    """

    def __init__(self, message: str, line: int, column: int, offset: int, is_between: bool) -> None:
        super().__init__(message, line, column)
        self.offset = offset
        self.is_between = is_between


def _trees(data: bytes, name: str, start: int, prefix: bytes, lines: int) -> Iterator[Node]:
    """Yield the finished trees while the bytes from `start` are fed; `lines` come before them."""
    builder = _Builder(name, lines)
    parser = DefusedXMLParser(target=builder)
    builder.attach(parser)
    try:
        parser.feed(prefix)
        for chunk in range(start, len(data), CHUNK):
            parser.feed(data[chunk : chunk + CHUNK])
            yield from builder.take()
        parser.close()
    except ParseError as error:
        yield from builder.take()
        line, column = error.position[0] + lines, error.position[1] + 1
        column -= len(prefix) if error.position[0] == 1 else 0
        reason = str(error).partition(":")[0]
        message = f"The XML breaks here: {reason}. Mend it, or export the file again."
        where = parser.parser.ErrorByteIndex
        if builder.open:
            where = builder.opened_at + 1
            if error.code in NOTICED_LATE:
                first = builder.open[0]
                message = (
                    f"<{first.tag}> begins here and is broken: {reason} in line {line}, column {column}."
                )
                line, column = first.line, 0
        is_between = not builder.open and error.code in (*NOTICED_LATE, JUNK_AFTER)
        raise _Broken(message, line, column, where - len(prefix), is_between) from None
    except DefusedXmlException:
        raise UnreadableFile(ENTITIES, builder.line()) from None
    except TooMuchXml as limit:
        raise UnreadableFile(str(limit), builder.line()) from None
    except (LookupError, ValueError) as error:
        raise UnreadableFile(
            f"The encoding of the XML cannot be read: {error}. Save it as UTF-8.", 1
        ) from None
    yield from builder.take()
