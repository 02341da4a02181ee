"""One installation is built per run; each test gets a copy of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.support import Installation
from tests.support.factories import Org


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("kill")


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Org]:
    built = Installation(tmp_path_factory.mktemp("kill") / "built")
    built.folder.mkdir()
    return built, built.build()


@pytest.fixture
def installation(_built: tuple[Installation, Org], tmp_path: Path) -> Installation:
    return _built[0].copy_to(tmp_path / "copy")


@pytest.fixture
def people(_built: tuple[Installation, Org]) -> Org:
    return _built[1]
