"""Levels lead on to where the next piece of evidence is earned, and clearances to their cheat sheet."""

from __future__ import annotations

import pytest

from tests.curriculum.test_views import load_files


@pytest.fixture
def loaded(org):
    load_files()


def test_my_matrix_leads_to_the_quiz_that_is_missing(loaded, as_):
    page = as_("learner").get("/my/matrix")
    assert "Go to the quiz" in page.words()
    assert any(link.startswith("/modules/calm/") or "calm" in link for link in page.links())


def test_a_clearance_leads_to_its_cheat_sheet(loaded, as_):
    assert "/playbook/calm" in as_("learner").get("/clearances").links()
