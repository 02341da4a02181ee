"""Rules for templates, styles and scripts that a reader of one file cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tinycss2

from app.web import assets
from app.web.icons import STROKES
from config import ROOT

TEMPLATES = sorted((ROOT / "app").rglob("templates/**/*.html"))
STYLES = sorted((ROOT / "app/web/static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "app/web/static/js").glob("*.mjs"))
FORBIDDEN = {
    "a style attribute": r"<[^>{]*\sstyle\s*=",
    "a <style> element": r"<style\b",
    "an inline handler": r"<[^>{]*\son[a-z]+\s*=\s*[\"']",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "hx-on, which needs eval": r"\bhx-on",
    "another host": r"(?:src|href)=[\"'](?:https?:)?//",
}
PHYSICAL = re.compile(r"^(margin|padding|border)-(left|right|top|bottom)$|^(left|right|top|bottom|float)$")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_hold_nothing_the_security_policy_blocks(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.I)]
    assert not found


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_styles_parse_and_use_logical_directions(path):
    problems = []
    for _block, declarations in _blocks(
        tinycss2.parse_stylesheet(path.read_text(encoding="utf-8"), True, True)
    ):
        for item in declarations:
            if item.type == "error":
                problems.append(f"line {item.source_line}: {item.message}")
            elif item.type == "declaration" and PHYSICAL.match(item.lower_name):
                problems.append(f"line {item.source_line}: {item.name}; use the logical property")
    assert not problems


def test_every_token_that_is_used_is_defined():
    text = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used - defined == set()


def test_colours_come_from_tokens():
    found = [
        f"{_name(path)}: {colour}"
        for path in STYLES
        if path.name != "tokens.css"
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)", path.read_text(encoding="utf-8"))
        if colour.lower() != "#ffffff"
    ]
    assert not found


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_scripts_are_small_modules_without_eval(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert not re.search(r"\beval\(|new Function\(|innerHTML|document\.write|https?://", text)


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_style_sheets_are_one_idea_each_and_served(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert path.name in assets.STYLES


def test_every_icon_is_used():
    sources = [
        *TEMPLATES,
        *SCRIPTS,
        *(path for path in (ROOT / "app").rglob("*.py") if path.name != "icons.py"),
    ]
    named = {
        name
        for path in sources
        for name in re.findall(r"[\"']([\w-]+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert set(STROKES) - named == set()


def _blocks(rules):
    for rule in rules:
        if rule.type == "error":
            raise AssertionError(f"line {rule.source_line}: {rule.message}")
        if rule.type == "qualified-rule":
            yield rule, tinycss2.parse_blocks_contents(rule.content, True, True)
        elif rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports", "layer"}:
            yield from _blocks(tinycss2.parse_rule_list(rule.content, True, True))
