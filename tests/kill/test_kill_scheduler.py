"""Many schedulers, some of them killed: each slot's work happens exactly once."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT
from tests.kill.support import START_SECONDS, Installation

PROCESSES, SLOTS = 4, 60


def test_schedulers_at_once_work_each_slot_once_though_one_is_killed(installation: Installation) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.kill.race_jobs", str(PROCESSES), str(SLOTS)],
        cwd=ROOT, env=installation.env, check=True, timeout=START_SECONDS,
    )  # fmt: skip
    assert sorted(slot for (slot,) in installation.rows("worked", "slot")) == list(range(SLOTS))
    assert len(installation.rows("job_claim WHERE job = 'note'")) == SLOTS
