"""The page check finds each fault it is there for."""

from __future__ import annotations

import pytest

from tests.support.pages import check_page, page_problems

SOUND = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Home · Tandem</title></head>
<body><main><h1>Home</h1>{}</main></body></html>"""


def test_a_sound_page_passes():
    check_page(SOUND.format('<h2>More</h2><label for="a">Name</label><input id="a">'))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("<p><div>x</div></p>", "invalid HTML"),
        ("<h1>Two</h1>", "2 h1"),
        ('<p id="a"></p><p id="a"></p>', "'a' occurs 2 times"),
        ('<input name="q">', "has no label"),
        ('<p aria-describedby="gone">x</p>', "'gone', which is not there"),
        ('<p style="color:red">x</p>', "style attribute"),
        ('<p onclick="x()">x</p>', "handler onclick"),
        ("<script>x()</script>", "inline script"),
        ('<img src="/a.png">', "has no alt"),
        ('<img alt="" src="https://cdn.example/a.png">', "another host"),
        ('<a href="/x"></a>', "has no name"),
        ('<a href="javascript:x()">x</a>', "javascript: address"),
        ("<h3>Deep</h3>", "a step is missing"),
        ("<table><tbody><tr><td>x</td></tr></tbody></table>", "no caption"),
        ('<form method="post" action="/x"></form>', "no CSRF token"),
        ("<svg></svg>", "neither hidden"),
    ],
)
def test_each_fault_is_named(fault, said):
    assert any(said in problem for problem in page_problems(SOUND.format(fault)))


def test_a_title_that_differs_from_the_heading_is_named():
    assert any("does not match" in p for p in page_problems(SOUND.format("").replace("Home ·", "House ·")))


def test_a_broken_page_fails_loudly():
    with pytest.raises(AssertionError, match="style attribute"):
        check_page(SOUND.format('<p style="x">x</p>'))
