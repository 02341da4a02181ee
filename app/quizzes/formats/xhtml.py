"""Carry HTML between question texts and the well-formed, smaller XHTML of QTI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser

from app.quizzes.formats.xml_text import possible
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
ONLY_INLINE = PARAGRAPHS | INLINE | {"dt", "caption"}
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
# What the schema takes as the value of an attribute; one of another form is left out.
VALUES = {
    "width": re.compile(r"[0-9]+%?"),
    "height": re.compile(r"[0-9]+%?"),
    "colspan": re.compile(r"[0-9]{1,9}"),
    "rowspan": re.compile(r"[0-9]{1,9}"),
    "type": re.compile(r"[!#-'*+.\w^`{|}~-]+/[!#-'*+.\w^`{|}~-]+", re.ASCII),
}
ROWS = {"table", "thead", "tbody", "tfoot"}
# Where an element that means nothing alone may stand; elsewhere only its content is kept.
HOMES = {"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "tr": ROWS, "td": ROWS | {"tr"}, "th": ROWS | {"tr"}}
HOMES |= {tag: {"table"} for tag in ("caption", "col", "thead", "tbody", "tfoot")}
BOXES = {"li", "dt", "dd", "caption", "td", "th"}
FLOW = {"div", "li", "dd", "td", "th", "blockquote"}
ORDER = ("caption", "col", "thead", "tfoot", "tbody")
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
    return possible(_xhtml(_allowed(parse_html(html), "div"), change))


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
        elif node.tag in HOMES and parent not in HOMES[node.tag]:
            if node.tag in BOXES and parent in FLOW:
                kept.append(_clean(Node("div", {}, 0), node.children))
            else:
                kept += _allowed(node.children, parent)
        elif node.tag not in INLINE | BLOCKS or (parent in ONLY_INLINE and node.tag in BLOCKS):
            kept += _allowed(node.children, parent)
        else:
            clean = _clean(Node(node.tag, _values(node), 0), node.children)
            if clean.children or node.tag not in ROWS | {"tr"}:
                kept.append(clean)
    if parent not in TAKES and parent != "blockquote":
        return kept
    wrapped = list(_wrapped(kept, parent))
    return _in_order(wrapped) if parent == "table" else wrapped


def _clean(node: Node, children: list[Node | str]) -> Node:
    node.children = _allowed(children, node.tag)
    return node


def _values(node: Node) -> dict[str, str]:
    """Return the attributes that the schema takes, and those that it needs."""
    kept = dict(NEEDED.get(node.tag, {}))
    for name, value in node.attributes.items():
        if name not in ATTRIBUTES.get(node.tag, set()):
            continue
        written = value.strip().removesuffix("px") if name in ("width", "height") else value
        if name not in VALUES or VALUES[name].fullmatch(written):
            kept[name] = written
    return kept


def _in_order(parts: list[Node | str]) -> list[Node | str]:
    """Return the parts of a table as the schema orders them: one caption, head and foot, then the bodies."""
    found: dict[str, list[Node]] = {tag: [] for tag in ORDER}
    for part in parts:
        if isinstance(part, Node):
            found[part.tag].append(part)
    for more in found["caption"][1:]:
        found["caption"][0].children += [" ", *more.children]
    bodies = [*found["thead"][1:], *found["tbody"], *found["tfoot"][1:]]
    heads, feet = found["thead"][:1], found["tfoot"][:1]
    if not bodies:
        bodies = [feet.pop() if feet else heads.pop() if heads else _row()]
    return [
        *found["caption"][:1],
        *found["col"],
        *heads,
        *feet,
        *(_renamed(body, "tbody") for body in bodies),
    ]


def _row() -> Node:
    """Return a body with one empty cell, for a table that has none."""
    body, row = Node("tbody", {}, 0), Node("tr", {}, 0)
    body.children, row.children = [row], [Node("td", {}, 0)]
    return body


def _renamed(node: Node, tag: str) -> Node:
    again = Node(tag, node.attributes, node.line)
    again.children = node.children
    return again


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
