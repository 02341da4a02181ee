"""Write one question as a QTI 2.1 assessment item that any delivery system can mark.

The order of elements and the required attributes are those of the published schema (imsqti_v2p1.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html import escape
from urllib.parse import quote

from app.quizzes.formats.gift_answers import ANY, plain_number
from app.quizzes.formats.media import ELSEWHERE, plain_name
from app.quizzes.formats.qti_item import OUR_CLASS, OUR_TOOL
from app.quizzes.formats.xhtml import xhtml_of
from app.quizzes.formats.xml_text import as_uri, possible
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat

LONGEST_LABEL = 256
TYPED = (QuestionType.SHORTANSWER, QuestionType.NUMERICAL)
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsglobal.org/xsd/imsqti_v2p1 http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
"""  # noqa: E501 - a schema location is one line


def item_xml(question: Question, identifier: str) -> str:
    """Return the item as a document."""
    label = f' label="{_clean(question.id)}"' if question.id and len(question.id) <= LONGEST_LABEL else ""
    lines = [
        f'{HEAD}  identifier="{identifier}" title="{_clean(question.name)}"{label} adaptive="false" '
        f'timeDependent="false" toolName="{OUR_TOOL}">',
        *_response(question),
        *_outcomes(question),
        f"<itemBody>{''.join(_body(question))}</itemBody>",
        *_processing(question),
        *_feedback(question),
        "</assessmentItem>\n",
    ]
    return "\n".join(lines)


def _keys(question: Question) -> list[str]:
    """Return the identifier of each answer."""
    if question.type is QuestionType.TRUEFALSE:
        return ["true", "false"]
    return [f"A{place}" for place in range(1, len(question.answers) + 1)]


def _targets(question: Question) -> dict[str, str]:
    """Return the identifier of each different answer of a matching question."""
    words = dict.fromkeys(pair.answer for pair in question.pairs)
    return {answer: f"T{place}" for place, answer in enumerate(words, 1)}


def _response(question: Question) -> Iterator[str]:
    mark = question.default_mark
    match question.type:
        case QuestionType.DESCRIPTION:
            return
        case QuestionType.ESSAY:
            yield '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>'
        case QuestionType.MATCHING:
            targets = _targets(question)
            stems = [pair for pair in question.pairs if pair.stem]
            right = [f"S{place} {targets[pair.answer]}" for place, pair in enumerate(stems, 1)]
            share = float(mark) / len(stems)
            yield _declaration("multiple", "directedPair", right, [(key, share, "") for key in right])
        case QuestionType.MULTICHOICE | QuestionType.TRUEFALSE:
            keys = _keys(question)
            single = question.single or question.type is QuestionType.TRUEFALSE
            scored = [
                (key, a.fraction * float(mark), "") for key, a in zip(keys, question.answers, strict=True)
            ]
            right = [key for key, a in zip(keys, question.answers, strict=True) if a.fraction > 0]
            if single:
                right = [max(scored, key=lambda entry: entry[1])[0]]
            yield _declaration("single" if single else "multiple", "identifier", right, scored)
        case QuestionType.SHORTANSWER:
            case = f' caseSensitive="{str(question.case_sensitive).lower()}"'
            entries = [(_clean(a.text.text), a.fraction * float(mark), case) for a in question.answers]
            right = [_clean(a.text.text) for a in question.answers if a.fraction == 1][:1]
            yield _declaration("single", "string", right, entries)
        case QuestionType.NUMERICAL:
            right = [a.text.text for a in question.answers if a.fraction == 1 and a.text.text != ANY][:1]
            yield _declaration("single", "float", right, [])


def _declaration(cardinality: str, base: str, right: list[str], entries: list[tuple[str, float, str]]) -> str:
    values = "".join(f"<value>{value}</value>" for value in right)
    correct = f"<correctResponse>{values}</correctResponse>" if values else ""
    mapping = "".join(
        f'<mapEntry mapKey="{key}" mappedValue="{_figure(value)}"{more}/>' for key, value, more in entries
    )
    if mapping:
        low = ' lowerBound="0"' if cardinality == "multiple" else ""
        mapping = f'<mapping{low} defaultValue="0">{mapping}</mapping>'
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">'
        f"{correct}{mapping}</responseDeclaration>"
    )


def _outcomes(question: Question) -> Iterator[str]:
    yield _outcome("SCORE", "float", "0")
    if question.type is not QuestionType.DESCRIPTION:
        yield _outcome("MAXSCORE", "float", plain_number(question.default_mark))
    if any(answer.feedback for answer in question.answers):
        many = question.type is QuestionType.MULTICHOICE and not question.single
        yield _outcome("FEEDBACK", "identifier", "", "multiple" if many else "single")
    if question.general_feedback:
        yield _outcome("GENERAL", "identifier", "general")
    if any(text for _, text in _by_result(question)):
        yield _outcome("RESULT", "identifier", "")


def _outcome(name: str, base: str, default: str, cardinality: str = "single") -> str:
    value = f"<defaultValue><value>{default}</value></defaultValue>" if default else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">{value}'
        "</outcomeDeclaration>"
    )


def _body(question: Question) -> Iterator[str]:
    shuffle = str(question.shuffle and question.type is not QuestionType.TRUEFALSE).lower()
    yield _stem(question.text)
    if question.marker_notes:
        yield f'<rubricBlock view="scorer">{_stem(question.marker_notes)}</rubricBlock>'
    match question.type:
        case QuestionType.ESSAY:
            yield '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
        case QuestionType.SHORTANSWER | QuestionType.NUMERICAL:
            yield '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
        case QuestionType.MULTICHOICE | QuestionType.TRUEFALSE:
            single = question.single or question.type is QuestionType.TRUEFALSE
            yield (
                f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" '
                f'maxChoices="{int(single)}">'
            )
            for key, answer in zip(_keys(question), question.answers, strict=True):
                yield f'<simpleChoice identifier="{key}">{_flow(answer.text)}</simpleChoice>'
            yield "</choiceInteraction>"
        case QuestionType.MATCHING:
            stems = [pair.stem for pair in question.pairs if pair.stem]
            yield (
                f'<matchInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" '
                f'maxAssociations="{len(stems)}"><simpleMatchSet>'
            )
            for place, stem in enumerate(stems, 1):
                yield f'<simpleAssociableChoice identifier="S{place}" matchMax="1">{_flow(stem)}'
                yield "</simpleAssociableChoice>"
            yield "</simpleMatchSet><simpleMatchSet>"
            for words, key in _targets(question).items():
                yield f'<simpleAssociableChoice identifier="{key}" matchMax="0">{_clean(words)}'
                yield "</simpleAssociableChoice>"
            yield "</simpleMatchSet></matchInteraction>"


def _processing(question: Question) -> Iterator[str]:
    if question.type in (QuestionType.DESCRIPTION, QuestionType.ESSAY):
        return
    yield "<responseProcessing>"
    if question.type in TYPED:
        yield from _typed_processing(question)
    else:
        yield (
            '<responseCondition><responseIf><isNull><variable identifier="RESPONSE"/></isNull>'
            f"{_set('SCORE', 'float', '0')}</responseIf><responseElse>"
            '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
            "</responseElse></responseCondition>"
        )
        if any(answer.feedback for answer in question.answers):
            yield '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
    if any(text for _, text in _by_result(question)):
        score = '<variable identifier="SCORE"/><baseValue baseType="float">'
        yield (
            f"<responseCondition><responseIf><gte>{score}{plain_number(question.default_mark)}</baseValue></gte>"
            f"{_set('RESULT', 'identifier', 'correct')}</responseIf>"
            f"<responseElseIf><gt>{score}0</baseValue></gt>{_set('RESULT', 'identifier', 'partial')}"
            f"</responseElseIf><responseElse>{_set('RESULT', 'identifier', 'incorrect')}</responseElse>"
            "</responseCondition>"
        )
    yield "</responseProcessing>"


def _typed_processing(question: Question) -> Iterator[str]:
    """Yield one branch per answer, in order: the first that fits gives the mark, as in Moodle."""
    yield "<responseCondition>"
    for place, (key, answer) in enumerate(zip(_keys(question), question.answers, strict=True)):
        branch = "responseElseIf" if place else "responseIf"
        yield f"<{branch}>{_test(question, answer)}"
        yield _set("SCORE", "float", _figure(answer.fraction * float(question.default_mark)))
        if answer.feedback:
            yield _set("FEEDBACK", "identifier", key)
        yield f"</{branch}>"
    yield "</responseCondition>"


def _test(question: Question, answer: Answer) -> str:
    response, words = '<variable identifier="RESPONSE"/>', answer.text.text
    if words == ANY:
        return f"<not><isNull>{response}</isNull></not>"
    if question.type is QuestionType.NUMERICAL:
        width = plain_number(answer.tolerance or Decimal(0))
        mode = (
            f'toleranceMode="absolute" tolerance="{width} {width}"'
            if answer.tolerance
            else 'toleranceMode="exact"'
        )
        return f'<equal {mode}>{response}<baseValue baseType="float">{words}</baseValue></equal>'
    if "*" in words:
        return f'<patternMatch pattern="{_clean(_pattern(words))}">{response}</patternMatch>'
    case = str(question.case_sensitive).lower()
    value = f'<baseValue baseType="string">{_clean(words)}</baseValue>'
    return f'<stringMatch caseSensitive="{case}">{response}{value}</stringMatch>'


def _pattern(words: str) -> str:
    """Return a short answer with * as the regular expression that schemas use."""
    parts = re.split(r"(\\\*|\*)", words)
    return "".join(".*" if part == "*" else r"\*" if part == r"\*" else re.escape(part) for part in parts)


def _feedback(question: Question) -> Iterator[str]:
    for key, answer in zip(_keys(question), question.answers, strict=True):
        yield from _modal("FEEDBACK", key, answer.feedback)
    yield from _modal("GENERAL", "general", question.general_feedback)
    for name, text in _by_result(question):
        yield from _modal("RESULT", name, text)


def _by_result(question: Question) -> tuple[tuple[str, Text], ...]:
    return (
        ("correct", question.correct_feedback),
        ("partial", question.partial_feedback),
        ("incorrect", question.incorrect_feedback),
    )


def _modal(outcome: str, identifier: str, text: Text) -> Iterator[str]:
    if text:
        yield (
            f'<modalFeedback outcomeIdentifier="{outcome}" identifier="{identifier}" showHide="show">'
            f"{_flow(text)}</modalFeedback>"
        )


def _set(outcome: str, base: str, value: str) -> str:
    return (
        f'<setOutcomeValue identifier="{outcome}"><baseValue baseType="{base}">{value}</baseValue>'
        "</setOutcomeValue>"
    )


def _stem(text: Text) -> str:
    """Return a text as one block."""
    return f"<div>{xhtml_of(text.text, _refer)}</div>" if text.format is TextFormat.HTML else _flow(text)


def _flow(text: Text) -> str:
    """Return a text as it stands inside a choice or feedback; other markup than HTML is named by a class."""
    if text.format is TextFormat.HTML:
        return xhtml_of(text.text, _refer)
    lines = (escape(line, quote=False) for line in possible(text.text).split("\n"))
    return f'<div class="{OUR_CLASS}{text.format.value}">{"<br/>".join(lines)}</div>'


def _refer(reference: str) -> str:
    if ELSEWHERE.match(reference):
        return as_uri(reference)
    return "../media/" + quote(possible(plain_name(reference)))


def _clean(text: str) -> str:
    return escape(possible(text)).replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def _figure(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".")
