"""What a service refuses is answered in words: by the view where it knows better, by the shell everywhere."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.facts import Barred, Gone, Impossible, Late
from app.web.refusals import Refusal
from config import ROOT
from tests.permission_table import TABLE
from tests.support.walk import address, send

FACTS = (Gone, Barred, Late, Impossible)
EXPECTED = {Gone: 404, Barred: 403, Late: 409, Impossible: 400}
RAISING = [
    path
    for pattern in ("service*.py", "queries*.py", "access*.py", "inputs.py")
    for path in sorted((ROOT / "app").glob(f"*/{pattern}"))
]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RAISING, ids=named)
def test_services_raise_facts_that_have_an_answer(path):
    """A bare ValueError from a service would end as a crash."""
    module = importlib.import_module(named(path).removesuffix(".py").replace("/", "."))
    unanswered = [
        name
        for name, found in inspect.getmembers(module, inspect.isclass)
        if found.__module__ == module.__name__
        and issubclass(found, Exception)
        and not issubclass(found, (*FACTS, Refusal))
    ]
    bare = [
        f"line {node.lineno}: {node.exc.func.id}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        if hasattr(builtins, node.exc.func.id)
    ]
    assert unanswered == []
    assert bare == []


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends and use.effect])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_every_route_answers_what_its_service_refuses(world, monkeypatch, endpoint, fact):
    """Whatever the service says at the moment of writing, no page crashes and nothing is written."""

    @contextmanager
    def refusing() -> Iterator[None]:
        raise fact("said by a test")
        yield

    view = inspect.unwrap(world.app.view_functions[endpoint])
    if "transaction" not in view.__globals__:
        pytest.skip("writes nothing itself")
    use, before = TABLE[endpoint], world.look()
    monkeypatch.setitem(view.__globals__, "transaction", refusing)
    answer = send(world, use.by or min(use.sends), address(world, endpoint, use), use.data)
    assert answer.status_code in {EXPECTED[fact], 303, 409, 422}, answer.status
    assert "said by a test" not in answer.get_data(as_text=True)
    assert world.look() == before
