"""The evidence that the people of the demo bring along from the months before.

Pure: a roster, a framework, a seeded generator and a day in; evidence inputs out, in batches by date, because
the ledger dates a change by when it was recorded and asks what level an assessor held when they signed. Those
who know their own work were validated before anyone else began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from app.competency.framework import Competency, Framework
from app.competency.inputs import EvidenceInput
from app.competency.kinds import MAX_LEVEL, EvidenceKind
from app.demo.roster import Member

EXPERT_AFTER_DAYS = 850
BATCH_DAYS = 20
SCARCE = {
    "negotiation-basics": ("hiro",),
    "escalation-path": ("noor", "arjun"),
    "campaign-awareness": ("yuki", "zofia"),
}
CROSS_EXPERTS = {
    "de-escalation": ("noor", "maria", "arjun", "hiro"),
    "clean-handoff": ("noor", "hiro", "marcus", "priyanka"),
    "empathetic-listening": ("mara", "noor", "maria", "karthik"),
    "product-knowledge": ("hiro", "cem", "marcus", "neha", "zofia"),
    "gather-feedback": ("yuki", "dwayne"),
}
LAPSING = {("lena", "empathetic-listening"), ("cem", "de-escalation"), ("noor", "escalation-path")}
FIXED = {
    "lena": {
        "sales-basics": 1,
        "empathetic-listening": 2,
        "de-escalation": 3,
        "helpdesk-system": 3,
        "clean-handoff": 1,
    },
}


def batches(
    roster: Sequence[Member],
    ids: Mapping[str, int],
    framework: Framework,
    random: Random,
    now: datetime,
) -> list[tuple[datetime, list[EvidenceInput]]]:
    """Return (recorded at, evidence) in the order in which it must be recorded."""
    told: list[EvidenceInput] = []
    for competency in framework.competencies:
        experts = {m.key for m in roster if _is_expert(m, competency)}
        seniors = sorted(experts)
        for member in roster:
            level = _level(member, competency, experts, random)
            if level == 0:
                continue
            teller = Teller(member, ids, competency, random, now=now, seniors=seniors)
            if member.key not in experts:
                told += teller.climbed(level)
                continue
            told += teller.validated()
            if level == MAX_LEVEL:
                told += teller.coached()
    by_batch: dict[int, list[EvidenceInput]] = defaultdict(list)
    for fact in told:
        by_batch[(now - fact.observed_at).days // BATCH_DAYS].append(fact)
    return [
        (now - timedelta(days=number * BATCH_DAYS), by_batch[number])
        for number in sorted(by_batch, reverse=True)
    ]


def _is_expert(member: Member, competency: Competency) -> bool:
    if competency.id in SCARCE:
        return member.key in SCARCE[competency.id]
    if member.key in CROSS_EXPERTS.get(competency.id, ()):
        return True
    if member.key in FIXED:
        return False
    return competency.owner == member.department and member.started_days_ago >= EXPERT_AFTER_DAYS


def _level(member: Member, competency: Competency, experts: set[str], random: Random) -> int:
    """Return the level to bring along; draws the same number of times for everyone."""
    luck = random.random()
    if member.key in FIXED:
        return FIXED[member.key].get(competency.id, 0)
    if member.key in experts:
        return MAX_LEVEL if luck > 0.6 else 3
    if member.department == "people" or member.started_days_ago < 70:
        return 0
    own = competency.owner in {member.department, "shared"}
    highest = 2 if competency.id in SCARCE else 3
    if own:
        return min(highest, 1 + int(luck * 2.6)) if luck > 0.12 else 0
    return min(highest, int(luck * 2.4)) if luck > 0.35 else 0


class Teller:
    """Tell one person's history in one competency."""

    def __init__(
        self,
        member: Member,
        ids: Mapping[str, int],
        competency: Competency,
        random: Random,
        *,
        now: datetime,
        seniors: Sequence[str],
    ) -> None:
        self._person_id = ids[member.key]
        self._competency = competency
        self._random = random
        self._now = now
        self._lapsing = (member.key, competency.id) in LAPSING
        self._seniors = [ids[key] for key in seniors if key != member.key]
        self._boss = ids["hanna"] if member.key != "hanna" else ids["ada"]
        self._count = 0

    def _at(self, newest_days: int, oldest_days: int) -> datetime:
        days = self._random.randint(newest_days, oldest_days)
        return self._now - timedelta(days=days, hours=self._random.randint(1, 6))

    def _fact(self, kind: EvidenceKind, at: datetime, **fields: object) -> EvidenceInput:
        self._count += 1
        source = f"{self._person_id}:{self._competency.id}:{self._count}"
        return EvidenceInput(
            person_id=self._person_id,
            competency_id=self._competency.id,
            kind=kind,
            source_kind="carried_over",
            source_id=source,
            observed_at=at,
            **fields,  # type: ignore[arg-type]
        )

    def validated(self) -> list[EvidenceInput]:
        """Someone who has done this work for years: level 3, validated by HR."""
        at = self._now - timedelta(days=345) if self._lapsing else self._at(190, 320)
        note = "Years in this work; validated with the manager when Tandem was set up."
        until = at + timedelta(days=365)
        return [
            self._fact(
                EvidenceKind.PRIOR_LEARNING,
                at,
                level=3,
                valid_until=until,
                assessor_id=self._boss,
                note=note,
            )
        ]

    def coached(self) -> list[EvidenceInput]:
        """Three hosted hours that learners rated well: level 4."""
        return [
            self._fact(EvidenceKind.HOSTING, self._at(5, 150), score=4 + self._random.random(), minutes=60)
            for _ in range(3)
        ]

    def climbed(self, level: int, recent: tuple[int, int] = (15, 160)) -> list[EvidenceInput]:
        """The ladder step by step: quiz, role-play, three sign-offs, between these many days ago."""
        recent = (338, 350) if self._lapsing else recent
        out = [self._fact(EvidenceKind.QUIZ, self._at(*recent), score=float(self._random.randint(80, 100)))]
        if EvidenceKind.OBSERVE in self._competency.level_1_needs:
            out.append(self._fact(EvidenceKind.OBSERVE, self._at(*recent), minutes=60))
        if level >= 2:
            score = 3 + self._random.random()
            assessor = self._random.choice(self._seniors) if self._seniors else self._boss
            out.append(
                self._fact(EvidenceKind.ROLE_PLAY, self._at(*recent), score=score, assessor_id=assessor)
            )
        if level >= 3 and self._seniors:
            days = self._random.sample(range(*recent), 3)
            for day in days:
                at = self._now - timedelta(days=day, hours=3)
                assessor = self._random.choice(self._seniors)
                out.append(self._fact(EvidenceKind.ASSIST, at, assessor_id=assessor, minutes=60))
        return out
