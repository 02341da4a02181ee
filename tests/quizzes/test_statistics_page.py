import random

import pytest

from app.db import transaction
from app.quizzes.marking import Response
from tests.quizzes.bank import load
from tests.quizzes.test_service import RIGHT, taken
from tests.support.factories import make_person

PATH = "/authoring/quizzes/calm/check/statistics"


def test_too_few_attempts_give_no_figures(org, as_):
    load()
    taken(org.learner)
    assert "Too few attempts" in as_("author").get(PATH).words()


def test_figures_name_questions_and_no_people(org, as_):
    load()
    chance = random.Random(1)
    with transaction():
        ids = [make_person(f"Somebody {n}").id for n in range(12)]
    for person_id in ids:
        wrong = {name: Response() for name in RIGHT if chance.random() < 0.4}
        taken(person_id, RIGHT | wrong)
    page = as_("author").get(PATH)
    words = page.words()
    assert "12 first attempts" in words
    assert "Facility" in words and "Skewness" in words and "Kurtosis" in words
    assert "Heard" in words
    assert "Somebody" not in words


@pytest.mark.parametrize(
    ("kind", "status"), [("learner", 403), ("manager", 403), ("author", 200), ("hr", 200)]
)
def test_statistics_are_for_authors_and_hr(org, as_, kind, status):
    load()
    assert as_(kind).get(PATH).status == status
