import pytest

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.db import transaction
from config import ROOT


@pytest.fixture
def loaded(org):
    library = read_library(ROOT / "tests/authoring/library").library
    with transaction():
        load(library, "digest", clock.now())


def test_a_guide_is_listed_and_opens(loaded, as_):
    learner = as_("learner")
    assert "/playbook/calm" in learner.get("/playbook").links()
    assert "Sum up." in learner.get("/playbook/calm").words()
    assert learner.get("/playbook/nothing").status == 404


def test_the_glossary_finds_a_term_by_its_other_name(loaded, as_):
    learner = as_("learner")
    assert "CSAT" in learner.get("/glossary?q=CUSTOMER+satisf").words("dl")
    assert "No such term" in learner.get("/glossary?q=zebra").words()


@pytest.mark.parametrize("path", ["/playbook", "/playbook/calm", "/glossary"])
def test_the_playbook_needs_an_account(loaded, as_, path):
    assert as_("nobody").get(path).location.startswith("/sign-in")
