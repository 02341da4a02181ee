from dataclasses import replace

import pytest

from app.authoring.reader import read_library
from app.competency.service_framework import load_framework
from app.curriculum import queries
from app.curriculum.definitions import Catalogue
from app.curriculum.queries_taught import taught
from app.curriculum.service import complete_activity, load_catalogue
from app.db import db, transaction
from app.lines import moment, parsed
from tests.curriculum.test_views import LIBRARY
from tests.support.at_once import twice_at_once
from tests.support.factories import NOW


@pytest.fixture
def catalogue(org):
    found = read_library(LIBRARY).library.catalogue
    with transaction():
        load_framework(read_library(LIBRARY).library.framework, NOW)
        load_catalogue(found, NOW)
    return found


def titles():
    return {unit.id: unit.title for unit in taught().units}


def test_a_changed_file_shows_at_once_and_going_back_to_the_old_one_too(catalogue):
    before = titles()
    first, *rest = catalogue.modules
    other = Catalogue((replace(first, title="Another title"), *rest), catalogue.curricula)
    with transaction():
        assert titles() == before
        load_catalogue(other, NOW)
        assert titles() == before | {first.id: "Another title"}
    with transaction():
        load_catalogue(catalogue, NOW)
    assert titles() == before
    with transaction():
        load_catalogue(Catalogue((), ()), NOW)
    assert (titles(), taught().paths) == ({}, ())


def test_what_is_taught_is_read_once_and_then_only_asked_whether_it_changed(catalogue, queries_of):
    taught()
    db.session.rollback()
    assert queries_of(taught) == 1
    assert queries_of(taught) == 0


def test_standings_of_modules_are_those_of_the_pages(catalogue, org):
    progress = queries.module_progress(org.learner)
    module = next(each for each in progress.values() if len(each.steps) > 1)
    asked = queries.steps_of([module.module_id], "support")

    def completed():
        found = parsed(queries.completed_at([org.learner]).get(org.learner))
        return {key: moment(at) for key, at in found.items()}

    def standing():
        return queries.module_standings(asked, completed())

    for number, step in enumerate(module.steps):
        left = queries.module_progress(org.learner)[module.module_id].minutes_left
        assert standing()[module.module_id].minutes_left == left
        assert standing()[module.module_id].done_at is None
        assert len(completed()) == number
        with transaction():
            complete_activity(org.learner, step.key, NOW, via="lesson")
    found = standing()[module.module_id]
    assert (found.done_at, found.minutes_left) == (NOW, 0)
    assert queries.steps_of([], "support") == ()


def test_an_activity_completed_twice_at_once_is_completed_once(app, catalogue, org):
    key = next(iter(queries.module_progress(org.learner).values())).steps[0].key
    db.session.rollback()
    came = twice_at_once(app, lambda: complete_activity(org.learner, key, NOW, via="lesson"))
    assert sorted(map(str, came)) == ["False", "True"]
