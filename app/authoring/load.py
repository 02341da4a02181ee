"""Load a valid library into every domain, in the caller's one transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from app.authoring.library import Library
from app.competency import service_framework as competency
from app.curriculum import service as curriculum
from app.onboarding import service as onboarding
from app.people import service as people
from app.playbook import service as playbook
from app.quizzes import service_bank as quizzes
from app.roleplays import service as roleplays


def load(library: Library, digest: str, now: datetime) -> list[str]:
    """Bring every domain to what the files say; return what changed, in words, empty when nothing did.

    Results of people are never touched: what the files no longer have is retired, what changed becomes a
    new version. `digest` is the fingerprint of the files, kept so that an unchanged set need not be read.
    """
    changes: list[str] = []
    changes += people.load_job_roles(library.framework.job_roles)
    if competency.load_framework(library.framework, now).changed:
        changes.append(f"framework {library.framework.id}: new version")
    changes += curriculum.load_catalogue(library.catalogue, now)
    changes += quizzes.load_quizzes(library.quizzes, now)
    changes += roleplays.load_role_plays(library.role_plays, now)
    changes += playbook.load_articles(library.articles, now)
    changes += playbook.load_terms(library.terms)
    changes += onboarding.load_programmes(library.programmes, now)
    curriculum.record_load(digest, changes, now)
    return changes


def digest_of(root: Path) -> str:
    """Return the fingerprint of a library's files and of the code that reads them."""
    seen = hashlib.sha256()
    files = [*root.glob("curricula/**/*"), *root.glob("content/**/*"), *Path(__file__).parent.glob("*.py")]
    for path in sorted(path for path in files if path.is_file()):
        seen.update(path.name.encode())
        seen.update(hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()
