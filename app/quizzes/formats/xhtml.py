"""Carry HTML between question texts and the well-formed, smaller XHTML of QTI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser

from app.quizzes.formats.xml_tree import Node

VOID = {"br", "hr", "img", "col", "param"}
INLINE = {"a", "abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "img", "kbd", "q", "samp"}
INLINE |= {"small", "span", "strong", "sub", "sup", "tt", "var", "br", "object"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "address"}
BLOCKS = PARAGRAPHS | {
    "div",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
}
BLOCKS |= {"tr", "td", "th", "dl", "dt", "dd", "col"}
DROPPED = {"script", "style", "head", "title", "template"}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "object": {"data", "type"},
}
NEEDED = {
    "img": {"src": "", "alt": ""},
    "a": {"href": ""},
    "object": {"data": "", "type": "application/octet-stream"},
}
# What a child must be wrapped in where its parent takes only certain children.
WRAPPERS = {"ul": "li", "ol": "li", "table": "tbody", "thead": "tr", "tbody": "tr", "tfoot": "tr", "tr": "td"}
TAKES = {
    "ul": {"li"},
    "ol": {"li"},
    "table": {"caption", "col", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
    "dl": {"dt", "dd"},
}
MAX_DEPTH = 60
# A < that begins no whole tag. The standard parser looks for its end again and again, in quadratic time.
STRAY = re.compile(r"<(?![^<>]{1,5000}>)")
Change = Callable[[str], str]


def keep_reference(reference: str) -> str:
    """Return a reference as it is."""
    return reference


def html_of(nodes: list[Node | str], change: Change = keep_reference) -> str:
    """Return nodes as HTML, references changed."""
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(escape(node, quote=False))
            continue
        parts.append(f"<{node.tag}{_attributes(node, change)}>")
        if node.tag not in VOID:
            parts += (html_of(node.children, change), f"</{node.tag}>")
    return "".join(parts)


def canonical_html(html: str) -> str:
    """Return HTML in one spelling, so that two texts that mean the same compare equal."""
    return html_of(parse_html(html)).strip()


def plain_text(html: str) -> str:
    """Return the words of an HTML text on one line."""
    return " ".join("".join(_words(parse_html(html))).split())


def xhtml_of(html: str, change: Change = keep_reference) -> str:
    """Return HTML as XHTML that QTI allows inside a div: unknown tags are unwrapped, scripts left out."""
    return _xhtml(_allowed(parse_html(html), "div"), change)


def parse_html(html: str) -> list[Node | str]:
    """Return the nodes of an HTML text, however it is nested."""
    if "<" not in html and "&" not in html:
        return [html] if html else []
    builder = _Builder()
    builder.feed(STRAY.sub("&lt;", _without_comments(html)))
    builder.close()
    return builder.root.children


def _without_comments(html: str) -> str:
    """Return HTML without its comments; one that never ends is text."""
    parts, place = [], 0
    while (start := html.find("<!--", place)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[place:start])
        place = end + 3
    return "".join((*parts, html[place:]))


class _Builder(HTMLParser):
    """Build nodes; close what HTML leaves open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {}, 0)
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            while self.open[-1].tag in PARAGRAPHS or (
                tag in ("li", "tr", "td", "th") and self.open[-1].tag == tag
            ):
                self.open.pop()
        node = Node(tag, {name: value or "" for name, value in attrs}, 0)
        self.open[-1].children.append(node)
        if tag not in VOID and len(self.open) < MAX_DEPTH:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and self.open[-1].tag == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open[1:]):
            while self.open.pop().tag != tag:
                continue

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _allowed(nodes: list[Node | str], parent: str) -> list[Node | str]:
    """Return only what QTI takes inside `parent`, wrapped where it takes it only wrapped."""
    kept: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str):
            kept.append(node)
        elif node.tag in DROPPED:
            continue
        elif node.tag not in INLINE | BLOCKS or (parent in PARAGRAPHS | INLINE and node.tag in BLOCKS):
            kept += _allowed(node.children, parent)
        else:
            names = ATTRIBUTES.get(node.tag, set())
            attributes = {k: v for k, v in node.attributes.items() if k in names}
            clean = Node(node.tag, NEEDED.get(node.tag, {}) | attributes, 0)
            clean.children = _allowed(node.children, node.tag)
            kept.append(clean)
    return list(_wrapped(kept, parent)) if parent in TAKES or parent == "blockquote" else kept


def _wrapped(nodes: list[Node | str], parent: str) -> Iterator[Node | str]:
    wrapper = WRAPPERS.get(parent, "dd" if parent == "dl" else "p")
    run: list[Node | str] = []

    def flush() -> Iterator[Node]:
        if any(isinstance(item, Node) or item.strip() for item in run):
            node = Node(wrapper, {}, 0)
            node.children = _allowed(list(run), wrapper)
            yield node
        run.clear()

    for node in nodes:
        takes = BLOCKS if parent == "blockquote" else TAKES[parent]
        if isinstance(node, Node) and node.tag in takes:
            yield from flush()
            yield node
        else:
            run.append(node)
    yield from flush()


def _xhtml(nodes: list[Node | str], change: Change) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(escape(node, quote=False))
        elif node.tag in VOID:
            parts.append(f"<{node.tag}{_attributes(node, change)}/>")
        else:
            parts.append(
                f"<{node.tag}{_attributes(node, change)}>{_xhtml(node.children, change)}</{node.tag}>"
            )
    return "".join(parts)


def _attributes(node: Node, change: Change) -> str:
    return "".join(
        f' {name}="{escape(change(value) if name in ("src", "href", "data") else value)}"'
        for name, value in node.attributes.items()
    )


def _words(nodes: list[Node | str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag not in DROPPED:
            edge = " " if node.tag in BLOCKS or node.tag == "br" else ""
            yield edge
            yield from _words(node.children)
            yield edge
