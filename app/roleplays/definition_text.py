"""Keep a role-play's definition as text, so that a version stays readable after every edit of its file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from app.roleplays.definitions import Criterion, Persona, RolePlayDefinition


def to_text(definition: RolePlayDefinition) -> str:
    """Return the definition as JSON with sorted keys: equal definitions give equal text."""
    return json.dumps(asdict(definition), sort_keys=True, ensure_ascii=False)


def digest_of(text: str) -> str:
    """Return the fingerprint of a definition's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def from_text(text: str) -> RolePlayDefinition:
    """Read back what `to_text` wrote."""
    values = json.loads(text)
    criteria = tuple(
        Criterion(**{**each, "levels": {int(level): words for level, words in each["levels"].items()}})
        for each in values.pop("criteria")
    )
    persona = Persona(**values.pop("persona"))
    for name in ("competency_ids", "hidden_facts", "escalation_cues"):
        values[name] = tuple(values[name])
    return RolePlayDefinition(**values, persona=persona, criteria=criteria)
