"""What every HTML page must hold, checked on every page that any test fetches."""

from __future__ import annotations

import re
from collections import Counter

import html5lib
from lxml import html
from lxml.html import HtmlElement

UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def check_page(text: str) -> None:
    """Raise AssertionError, listing everything that is wrong, when a page breaks a rule of the house."""
    problems = page_problems(text)
    assert not problems, "this page breaks rules of the house:\n- " + "\n- ".join(problems)


def page_problems(text: str) -> list[str]:
    """Return what is wrong with a whole page, in words with the place; an empty list when it is sound."""
    problems = _invalid(text)
    tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    for rule in (_title, _ids, _labels, _inline, _images, _names, _headings, _tables, _csrf):
        problems += rule(tree)
    return problems


def _invalid(text: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines() or [""]
    return [
        f"invalid HTML, line {place[0]}: {code} {data or ''} near {lines[min(place[0], len(lines)) - 1].strip()[:120]!r}"
        for place, code, data in parser.errors
    ]


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _title(tree: HtmlElement) -> list[str]:
    problems = []
    if not tree.get("lang"):
        problems.append("<html> has no lang")
    title = tree.findtext(".//title") or ""
    heads = tree.findall(".//h1")
    if len(heads) != 1:
        return [*problems, f"{len(heads)} h1 instead of one"]
    if " ".join(title.split()) != f"{_words(heads[0])} · Tandem":
        problems.append(f"title {title!r} does not match h1 {_words(heads[0])!r}")
    return problems


def _ids(tree: HtmlElement) -> list[str]:
    counted = Counter(tree.xpath("//@id"))
    problems = [f"id {name!r} occurs {times} times" for name, times in counted.items() if times > 1]
    for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "list", "form"):
        for element in tree.xpath(f"//*[@{attribute}]"):
            lost = [name for name in element.get(attribute).split() if name not in counted]
            problems += [
                f"{attribute} of {_tag(element)} names {name!r}, which is not there" for name in lost
            ]
    return problems


def _labels(tree: HtmlElement) -> list[str]:
    labelled = set(tree.xpath("//label/@for"))
    return [
        f"{_tag(field)} has no label"
        for field in tree.xpath("//input | //select | //textarea")
        if (field.tag != "input" or (field.get("type") or "text") not in UNLABELLED)
        and field.get("id") not in labelled
        and not field.get("aria-label")
        and not field.get("aria-labelledby")
        and not any(above.tag == "label" for above in field.iterancestors())
    ]


def _inline(tree: HtmlElement) -> list[str]:
    problems = [f"style attribute on {_tag(element)}" for element in tree.xpath("//*[@style]")]
    problems += ["<style> in the page" for _ in tree.xpath("//style")]
    problems += [
        f"inline script: {_words(s)[:60]!r}" for s in tree.xpath("//script[not(@src)]") if not s.get("nonce")
    ]
    for element in tree.iter():
        if isinstance(element.tag, str):
            problems += [
                f"handler {name} on {_tag(element)}" for name in element.attrib if name.startswith("on")
            ]
            for name in ("href", "src", "action"):
                value = (element.get(name) or "").strip()
                if value.lower().startswith("javascript:"):
                    problems.append(f"javascript: address on {_tag(element)}")
                if name == "src" and re.match(r"(https?:)?//", value):
                    problems.append(f"{_tag(element)} loads from another host: {value}")
    for sheet in tree.xpath("//link[@rel='stylesheet']/@href"):
        if re.match(r"(https?:)?//", sheet):
            problems.append(f"style sheet from another host: {sheet}")
    return problems


def _images(tree: HtmlElement) -> list[str]:
    problems = [f"{_tag(image)} has no alt" for image in tree.xpath("//img[not(@alt)]")]
    problems += [
        f"{_tag(svg)} is neither hidden from nor named for screen readers"
        for svg in tree.xpath("//*[local-name()='svg']")
        if svg.get("aria-hidden") != "true" and not svg.get("aria-label") and not svg.get("aria-labelledby")
    ]
    return problems


def _names(tree: HtmlElement) -> list[str]:
    """Links and buttons say where they lead or what they do."""
    problems = []
    for element in tree.xpath("//a[@href] | //button | //summary"):
        named = element.get("aria-label") or element.get("aria-labelledby") or _words(element)
        named = named or element.xpath(".//@aria-label") or element.xpath(".//img/@alt")
        if not named:
            problems.append(f"{_tag(element)} has no name")
    return problems


def _headings(tree: HtmlElement) -> list[str]:
    problems, last = [], 1
    for head in tree.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"):
        level = int(head.tag[1])
        if level > last + 1:
            problems.append(f"{head.tag} {_words(head)!r} follows h{last}: a step is missing")
        last = level
    return problems


def _tables(tree: HtmlElement) -> list[str]:
    return [
        f"{_tag(table)} has no caption or label"
        for table in tree.xpath("//table")
        if table.find("caption") is None
        and not table.get("aria-label")
        and not table.get("aria-labelledby")
        and not table.xpath("ancestor::*[@role='region'][@aria-label]")
    ]


def _csrf(tree: HtmlElement) -> list[str]:
    return [
        f"the form to {form.get('action') or 'this page'} has no CSRF token"
        for form in tree.xpath("//form[translate(@method,'POST','post')='post']")
        if not form.xpath(".//input[@name='csrf_token'][@value!='']")
    ]


def _tag(element: HtmlElement) -> str:
    shown = "".join(
        f' {name}="{element.get(name)}"' for name in ("id", "name", "class", "href") if element.get(name)
    )
    return f"<{element.tag}{shown}>"
