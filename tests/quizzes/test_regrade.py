import pytest

from app.competency import queries as competency
from app.competency import queries_ledger as ledger
from app.db import transaction
from app.notifications.kinds import NoticeKind
from app.notifications.queries import inbox
from app.quizzes import queries
from app.quizzes.marking import Response
from app.quizzes.regrading import carry_over
from app.quizzes.service_regrade import UnknownQuestion, regrade_question
from tests.quizzes.bank import GIFT, load, read
from tests.quizzes.test_service import RIGHT, taken
from tests.support.factories import NOW

MENDED = GIFT.replace("=Listen #A heard", "~Listen #A heard").replace("~Explain", "=Explain")


def regrade(reason="The key was wrong."):
    with transaction():
        return regrade_question("c-1", reason, None, NOW)


def told(person_id):
    return [each.subject for each in inbox(person_id) if each.kind == NoticeKind.QUIZ]


def test_a_regrade_supersedes_and_says_what_changed_for_whom(org):
    load()
    mine = taken(org.learner)
    theirs = taken(org.colleague, RIGHT | {"c-1": Response(choices=(1,))})
    assert competency.level_of(org.colleague, "keep-calm", NOW) == 0
    load(gift=MENDED)
    done = {each.person_id: (round(each.before), round(each.after)) for each in regrade()}
    assert done == {org.learner: (100, 86), org.colleague: (86, 100)}
    assert competency.level_of(org.learner, "keep-calm", NOW) == 0
    assert competency.level_of(org.colleague, "keep-calm", NOW) == 1
    [revision] = queries.revisions_of(theirs.id)
    assert (revision.before["mark"], revision.after["mark"]) == (0, 1)
    assert told(org.learner) == told(org.colleague) == ["A quiz result of yours was corrected"]
    facts = ledger.list_evidence(org.learner, "keep-calm")
    assert sorted(fact.row.superseded for fact in facts) == [False, True]
    assert queries.find_attempt(mine.id).rules.pass_percent == 80


def test_a_second_regrade_concerns_nobody(org):
    load()
    taken(org.learner)
    load(gift=MENDED)
    assert len(regrade()) == 1
    assert regrade() == []


def test_back_and_forth_ends_where_it_began(org):
    load()
    before = taken(org.learner)
    load(gift=MENDED)
    regrade()
    load()
    regrade("The key was right after all.")
    after = queries.find_attempt(before.id)
    assert (after.percent, after.passed) == (before.percent, before.passed)
    assert competency.level_of(org.learner, "keep-calm", NOW) == 1
    assert [each.number for each in queries.revisions_of(before.id)] == [1, 2]


def test_an_answer_without_a_counterpart_is_left_as_it_was(org):
    load()
    attempt = taken(org.learner)
    load(gift=GIFT.replace("=Listen", "=Hear them out"))
    [left] = regrade()
    assert left.skipped
    assert queries.find_attempt(attempt.id) == attempt


def test_a_regrade_needs_a_reason_and_a_question(org):
    load()
    with pytest.raises(ValueError, match="reason"):
        regrade(" ")
    with pytest.raises(UnknownQuestion), transaction():
        regrade_question("nothing", "why", None, NOW)


BY_ID = {question.id: question for question in read()}


@pytest.mark.parametrize(
    ("name", "old", "new", "response", "expected"),
    [
        ("c-1", "~Explain", "~Explain", Response(choices=(1,)), Response(choices=(1,))),
        ("c-1", "~Transfer", "~Wait\n~Transfer", Response(choices=(2,)), Response(choices=(3,))),
        ("c-1", "~Transfer", "~Hand over", Response(choices=(2,)), None),
        ("c-1", "~Transfer", "~Hand over", Response(), Response()),
        ("c-6", "=Anger -> Name it =Silence -> Wait", "=Silence -> Wait =Anger -> Name it",
         Response(matches=("Wait", "", "Offer time")), Response(matches=("", "Wait", "Offer time"))),
        ("c-6", "Offer time", "Give time", Response(matches=("", "", "Offer time")), None),
        ("c-5", "#3:0.5", "#4:0.5", Response(text="3"), Response(text="3")),
        ("c-4", "{=words =word}", "{=words ~word}", Response(text="words"), None),
    ],
)  # fmt: skip
def test_carrying_a_response_over(name, old, new, response, expected):
    assert old in GIFT
    after = {question.id: question for question in read(GIFT.replace(old, new))}[name]
    assert carry_over(response, BY_ID[name], after) == expected
