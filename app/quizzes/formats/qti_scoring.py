"""Read what a QTI item's declarations and response processing say of right answers and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.quizzes.formats.notes import Notes
from app.quizzes.formats.weights import match_weight
from app.quizzes.formats.xml_tree import Node

UNDERSTOOD = {
    "responseCondition",
    "responseIf",
    "responseElse",
    "responseElseIf",
    "isNull",
    "match",
    "and",
    "or",
}
UNDERSTOOD |= {
    "mapResponse",
    "variable",
    "correct",
    "setOutcomeValue",
    "baseValue",
    "stringMatch",
    "equal",
    "not",
}
UNDERSTOOD |= {"patternMatch", "gte", "gt", "lte", "lt", "sum", "null", "exitResponse"}
BRANCHES = ("responseIf", "responseElseIf")


@dataclass(frozen=True, slots=True)
class Key:
    """Hold one accepted answer of a text entry."""

    text: str
    fraction: float
    feedback: str = ""
    tolerance: Decimal | None = None


class Scoring:
    """Answer questions on the key of one item; `mark` is its full mark."""

    def __init__(self, root: Node, notes: Notes) -> None:
        self.root = root
        self.declarations = {node.get("identifier"): node for node in root.all("responseDeclaration")}
        self.processing = root.find("responseProcessing")
        self.declared_mark = self._declared_mark()
        self.mark = self.declared_mark or self._mapped_mark() or Decimal(1)
        if self.processing is not None and not _understood(self.processing):
            notes.add(
                "Custom response processing is not kept; the marks come from the key", self.processing.line
            )

    def cardinality(self, response: str) -> str:
        """Return `single`, `multiple` or another cardinality of a response."""
        node = self.declarations.get(response)
        return node.get("cardinality", "single") if node else "single"

    def base_type(self, response: str) -> str:
        """Return the base type of a response, `string` where none is declared."""
        node = self.declarations.get(response)
        return node.get("baseType", "string") if node else "string"

    def case_sensitive(self, response: str) -> bool:
        """Say whether capitals count; they do in QTI unless a map entry says otherwise."""
        entries = self._entries(response)
        return not entries or any(entry.get("caseSensitive", "true") == "true" for entry in entries)

    def choices(self, response: str, identifiers: list[str], single: bool) -> dict[str, float]:
        """Return the fraction of each choice.

        Without a mapping the item is all or nothing: right choices share the mark, a wrong one takes it away.
        """
        entries = {
            entry.get("mapKey"): decimal_or_zero(entry.get("mappedValue"))
            for entry in self._entries(response)
        }
        if entries:
            mapping = self.declarations[response].find("mapping")
            default = decimal_or_zero(mapping.get("defaultValue")) if mapping else Decimal(0)
            return {name: self._fraction(entries.get(name, default)) for name in identifiers}
        right = [name for name in identifiers if name in self._correct(response)]
        share = 1.0 if single else settled(1 / max(len(right), 1))
        return {name: share if name in right else (0.0 if single else -1.0) for name in identifiers}

    def strings(self, response: str) -> list[Key]:
        """Return the accepted texts: map entries, else the right answers."""
        entries = self._entries(response)
        if entries:
            return [
                Key(
                    entry.get("mapKey"),
                    self._fraction(decimal_or_zero(entry.get("mappedValue"))),
                    f"A{place}",
                )
                for place, entry in enumerate(entries, 1)
            ]
        return [Key(value, 1.0, f"A{place}") for place, value in enumerate(self._correct(response), 1)]

    def numbers(self, response: str) -> list[Key]:
        """Return the accepted numbers: the tests of the response processing, else the map, else the key."""
        tests = list(self._number_tests(response))
        if tests:
            return tests
        return [Key(key.text, key.fraction, key.feedback, Decimal(0)) for key in self.strings(response)]

    def pairs(self, response: str) -> Iterator[tuple[str, str]]:
        """Yield the right directed pairs, source and target."""
        values = self._correct(response) or [
            entry.get("mapKey")
            for entry in self._entries(response)
            if decimal_or_zero(entry.get("mappedValue")) > 0
        ]
        for value in values:
            source, _, target = value.partition(" ")
            yield source, target.strip()

    def pair_marks(self, response: str) -> list[Decimal]:
        """Return what the mapping gives for each right directed pair; empty without one."""
        marks = (decimal_or_zero(entry.get("mappedValue")) for entry in self._entries(response))
        return [mark for mark in marks if mark > 0]

    def _number_tests(self, response: str) -> Iterator[Key]:
        if self.processing is None:
            return
        for branch in self.processing.within(*BRANCHES, "responseElse"):
            test = next(branch.elements(), None)
            score, feedback = _outcome(branch, "SCORE"), _outcome(branch, "FEEDBACK")
            if branch.tag == "responseElse":
                if feedback:
                    yield Key("*", self._fraction(decimal_or_zero(score)), feedback, Decimal(0))
                continue
            if test is None or not score:
                continue
            fraction = self._fraction(decimal_or_zero(score))
            values = [decimal_or_zero(value.text) for value in test.within("baseValue")]
            if test.tag == "equal":
                value = values[0] if values else decimal_or_zero("".join(self._correct(response)[:1]))
                yield Key(str(value), fraction, feedback, _tolerance(test, value))
            elif (
                test.tag == "and"
                and len(values) == 2
                and all(t.tag in ("gte", "lte") for t in test.elements())
            ):
                low, high = sorted(values)
                yield Key(str((low + high) / 2), fraction, feedback, (high - low) / 2)
            elif test.tag == "not":
                yield Key("*", fraction, feedback, Decimal(0))

    def _fraction(self, mapped: Decimal) -> float:
        return settled(float(mapped / self.mark))

    def _declared_mark(self) -> Decimal:
        for outcome in self.root.all("outcomeDeclaration"):
            name, value = outcome.get("identifier"), outcome.find("defaultValue", "value")
            if name == "MAXSCORE" and value is not None:
                return max(decimal_or_zero(value.text), Decimal(0))
            if name == "SCORE" and outcome.get("normalMaximum"):
                return max(decimal_or_zero(outcome.get("normalMaximum")), Decimal(0))
        return Decimal(0)

    def _mapped_mark(self) -> Decimal:
        """Return the most that the mappings give, where no outcome declares it."""
        most = Decimal(0)
        for response in self.declarations:
            values = [decimal_or_zero(entry.get("mappedValue")) for entry in self._entries(response)]
            positive = [value for value in values if value > 0]
            if positive:
                most += max(positive) if self.cardinality(response) == "single" else sum(positive, Decimal(0))
        return most

    def _entries(self, response: str) -> list[Node]:
        node = self.declarations.get(response)
        mapping = node.find("mapping") if node else None
        return mapping.all("mapEntry") if mapping else []

    def _correct(self, response: str) -> list[str]:
        node = self.declarations.get(response)
        correct = node.find("correctResponse") if node else None
        return [value.text.strip() for value in correct.all("value")] if correct else []


def settled(fraction: float) -> float:
    """Return one of Moodle's weights where the fraction stands for one, else the fraction to 7 places."""
    matched = match_weight(fraction)
    return matched[0] if matched else round(max(-1.0, min(1.0, fraction)), 7)


def _outcome(branch: Node, name: str) -> str:
    """Return the constant that a branch sets an outcome to, empty when it sets none."""
    for node in branch.all("setOutcomeValue"):
        value = node.find("baseValue")
        if node.get("identifier") == name and value is not None:
            return value.text.strip()
    return ""


def _tolerance(test: Node, value: Decimal) -> Decimal:
    widths = [abs(decimal_or_zero(width)) for width in test.get("tolerance").split()]
    mode = test.get("toleranceMode", "exact")
    if mode == "exact" or not widths:
        return Decimal(0)
    return max(widths) if mode == "absolute" else abs(value) * max(widths) / 100


def decimal_or_zero(written: str) -> Decimal:
    """Return a number of the file, 0 for what is none."""
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() and abs(number.adjusted()) < 100 else Decimal(0)


def _understood(node: Node) -> bool:
    return all(child.tag in UNDERSTOOD and _understood(child) for child in node.elements())
