"""Read one QTI 2.1, 2.2 or 3.0 assessment item into a question.

QTI 3 renames what QTI 2 says (`qti-choice-interaction` for `choiceInteraction`, `response-identifier` for
`responseIdentifier`), so it is renamed back and read by the same code. Names and meanings follow the
1EdTech information models of QTI 2.1 (2012) and 3.0 (2022).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.quizzes.formats import judging
from app.quizzes.formats.names import clean_name, name_from_text
from app.quizzes.formats.notes import Notes
from app.quizzes.formats.qti_scoring import Scoring
from app.quizzes.formats.result import MAX_QUESTION_CHARACTERS, QuestionMalformed
from app.quizzes.formats.xhtml import Change, html_of, plain_text
from app.quizzes.formats.xml_tree import Node
from app.quizzes.question import (
    BLANK,
    NO_TEXT,
    Answer,
    Pair,
    Question,
    QuestionType,
    Text,
    TextFormat,
    true_false_answers,
)

OUR_TOOL = "Tandem"
OUR_CLASS = "tandem-"
INLINE = ("textEntryInteraction", "inlineChoiceInteraction")
ASKED = (*INLINE, "choiceInteraction", "extendedTextInteraction", "matchInteraction")
NOT_ASKED = {
    "associateInteraction": "an association question",
    "customInteraction": "a custom question",
    "drawingInteraction": "a drawing question",
    "endAttemptInteraction": "a question with an end-attempt button",
    "gapMatchInteraction": "a drag-and-drop gap question",
    "graphicAssociateInteraction": "a picture association question",
    "graphicGapMatchInteraction": "a drag-and-drop onto picture question",
    "graphicOrderInteraction": "a picture ordering question",
    "hotspotInteraction": "a hotspot question",
    "hottextInteraction": "a hot-text question",
    "mediaInteraction": "a media question",
    "orderInteraction": "an ordering question",
    "portableCustomInteraction": "a custom question",
    "positionObjectInteraction": "a position-object question",
    "selectPointInteraction": "a select-point question",
    "sliderInteraction": "a slider question",
    "uploadInteraction": "a file-upload question",
}
NUMERIC = ("float", "integer")
HIDDEN_IN_BODY = ("feedbackBlock", "feedbackInline", "templateBlock", "templateInline", "stylesheet")
TRUE_FALSE = ({"true", "false"}, {"t", "f"})
CAMEL = re.compile(r"-([a-z0-9])")


class NotAsked(Exception):
    """Say what kind of question an item is that Tandem does not ask."""


@dataclass(frozen=True, slots=True)
class ItemSource:
    """Say where an item stands and what its package knows of it; `refer` makes a reference one of ours."""

    member: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    refer: Change = str


def read_item(root: Node, source: ItemSource, notes: Notes, warn: Callable[[int, str], None]) -> Question:
    """Return the question of an item; raises NotAsked or QuestionMalformed."""
    return _Item(_renamed(root), source, notes).question(warn)


def _renamed(node: Node) -> Node:
    """Return a QTI 3 tree in the words of QTI 2; any other tree as it is."""
    if not node.tag.startswith("qti-"):
        return node
    _rename(node)
    return node


def _rename(node: Node) -> None:
    if node.tag.startswith("qti-"):
        node.tag = _camel(node.tag[4:])
        node.attributes = {_camel(name): value for name, value in node.attributes.items()}
    for child in node.elements():
        _rename(child)


def _camel(name: str) -> str:
    return CAMEL.sub(lambda found: found[1].upper(), name)


class _Item:
    """Read the parts of one item."""

    def __init__(self, root: Node, source: ItemSource, notes: Notes) -> None:
        self.root = root
        self.source = source
        self.notes = notes
        self.scoring = Scoring(root, notes)
        self.marker_notes = NO_TEXT

    def question(self, warn: Callable[[int, str], None]) -> Question:
        body = self.root.find("itemBody")
        if body is None:
            raise QuestionMalformed("This item has no itemBody.", self.root.line)
        interaction = self._interaction(body)
        stem = self._stem(body, interaction)
        if len(stem.text) > MAX_QUESTION_CHARACTERS:
            raise QuestionMalformed(
                f"This item is longer than {MAX_QUESTION_CHARACTERS} characters.", self.root.line
            )
        identifier = self.root.get("label")
        if not identifier and self.root.get("toolName") != OUR_TOOL:
            identifier = self.root.get("identifier")
        question = Question(
            type=QuestionType.DESCRIPTION,
            name=clean_name(self.root.get("title")) or name_from_text(plain_text(stem.text)),
            text=stem,
            default_mark=self.scoring.mark,
            id=identifier,
            tags=self.source.tags,
            category=self.source.category,
            line=self.root.line,
            marker_notes=self.marker_notes,
        )
        feedback = self._feedback()
        if interaction is None:
            question = replace(question, default_mark=Decimal(0))
        else:
            response = interaction.get("responseIdentifier")
            question = READERS[interaction.tag](self, question, interaction, response, feedback)
        question = replace(
            question,
            general_feedback=feedback.pop("general", NO_TEXT),
            correct_feedback=feedback.pop("correct", NO_TEXT),
            partial_feedback=feedback.pop("partial", NO_TEXT),
            incorrect_feedback=feedback.pop("incorrect", NO_TEXT),
        )
        if feedback:
            self.notes.add("Feedback that belongs to no single answer is not kept", self.root.line)
        return judging.judged(question, warn)

    def _interaction(self, body: Node) -> Node | None:
        found = list(body.within(*ASKED, *NOT_ASKED))
        for interaction in found:
            if interaction.tag in NOT_ASKED:
                raise NotAsked(NOT_ASKED[interaction.tag])
        if len(found) > 1:
            raise NotAsked(f"a question in {len(found)} parts")
        return found[0] if found else None

    def _stem(self, body: Node, interaction: Node | None) -> Text:
        nodes = list(self._shown(body, interaction))
        prompt = interaction.find("prompt") if interaction is not None else None
        if prompt is not None:
            words = list(prompt.children)
            if any(isinstance(node, Node) or node.strip() for node in nodes):
                paragraph = Node("p", {}, 0)
                paragraph.children = words
                words = [paragraph]
            nodes += words
        return self._text(nodes)

    def _shown(self, parent: Node, interaction: Node | None) -> Iterator[Node | str]:
        """Yield what a body shows, with a blank for an interaction amid text."""
        for child in parent.children:
            if isinstance(child, str):
                yield child
            elif child is interaction:
                if child.tag in INLINE:
                    yield BLANK
            elif child.tag == "rubricBlock":
                if "scorer" in child.get("view").split():
                    self.marker_notes = self._text(child.children)
                else:
                    yield from child.children
            elif child.tag in HIDDEN_IN_BODY:
                self.notes.add("Feedback and templates inside the question's text are not kept", child.line)
            elif not _holds(child, interaction):
                yield child
            elif any(
                isinstance(c, Node) and c is not interaction or isinstance(c, str) and c.strip()
                for c in child.children
            ):
                copy = Node(child.tag, child.attributes, child.line)
                copy.children = list(self._shown(child, interaction))
                yield copy

    def _text(self, nodes: list[Node | str]) -> Text:
        """Return nodes as a text; what we wrote ourselves gets its own format back."""
        shown = [node for node in nodes if isinstance(node, Node) or node.strip()]
        if len(shown) == 1 and isinstance(shown[0], Node) and shown[0].tag == "div":
            only = shown[0]
            kind = only.get("class").removeprefix(OUR_CLASS)
            if only.get("class").startswith(OUR_CLASS) and kind in TextFormat.__members__.values():
                lines = ("\n" if isinstance(c, Node) and c.tag == "br" else c for c in only.children)
                return Text("".join(c if isinstance(c, str) else c.all_text for c in lines), TextFormat(kind))
            if not only.attributes:
                nodes = only.children
        return Text(html_of(nodes, self.source.refer).strip(), TextFormat.HTML)

    def _feedback(self) -> dict[str, Text]:
        """Return every feedback of the item by its identifier."""
        found = {
            feedback.get("identifier"): self._text(feedback.children)
            for feedback in self.root.within("feedbackInline", "modalFeedback")
        }
        return {identifier: text for identifier, text in found.items() if text}

    def choice(self, question: Question, node: Node, response: str, feedback: dict[str, Text]) -> Question:
        choices = list(node.within("simpleChoice", "inlineChoice"))
        single = self.scoring.cardinality(response) == "single"
        identifiers = [choice.get("identifier") for choice in choices]
        fractions = self.scoring.choices(response, identifiers, single)
        answers = tuple(
            Answer(
                self._text(
                    [c for c in choice.children if not (isinstance(c, Node) and c.tag == "feedbackInline")]
                ),
                fractions[identifier],
                feedback.pop(identifier, NO_TEXT),
            )
            for choice, identifier in zip(choices, identifiers, strict=True)
        )
        question = replace(
            question,
            type=QuestionType.MULTICHOICE,
            answers=answers,
            single=single,
            shuffle=node.get("shuffle") == "true",
        )
        return as_true_false(question) if single else question

    def text_entry(
        self, question: Question, node: Node, response: str, feedback: dict[str, Text]
    ) -> Question:
        numeric = self.scoring.base_type(response) in NUMERIC
        answers = []
        for key in self.scoring.numbers(response) if numeric else self.scoring.strings(response):
            words = judging.numeric_text(key.text, node.line) if numeric else key.text
            note = feedback.pop(key.feedback, NO_TEXT)
            answers.append(Answer(Text(words, TextFormat.PLAIN), key.fraction, note, key.tolerance))
        if not answers:
            raise QuestionMalformed(f"“{question.name}” has no key: no right answer is given.", node.line)
        return replace(
            question,
            type=QuestionType.NUMERICAL if numeric else QuestionType.SHORTANSWER,
            answers=tuple(answers),
            case_sensitive=not numeric and self.scoring.case_sensitive(response),
        )

    def essay(self, question: Question, node: Node, response: str, feedback: dict[str, Text]) -> Question:
        return replace(question, type=QuestionType.ESSAY)

    def match(self, question: Question, node: Node, response: str, feedback: dict[str, Text]) -> Question:
        sets = node.all("simpleMatchSet")
        if len(sets) != 2:
            raise QuestionMalformed(f"“{question.name}”: a matching question has two sets.", node.line)
        targets = {
            choice.get("identifier"): plain_text(html_of(choice.children)) for choice in sets[1].elements()
        }
        right = list(self.scoring.pairs(response))
        key = dict(right)
        if len(key) < len(set(right)):
            raise NotAsked("a matching question with several right answers to one stem")
        if len(set(self.scoring.pair_marks(response))) > 1:
            self.notes.add(
                "Pairs of a matching question that are worth more than others are read as equal", node.line
            )
        pairs = []
        for stem in sets[0].elements():
            target = key.get(stem.get("identifier"))
            if target not in targets:
                raise QuestionMalformed(f"“{question.name}”: a stem has no right answer.", stem.line)
            pairs.append(Pair(self._text(stem.children), targets[target]))
        used = set(key.values())
        pairs += [Pair(NO_TEXT, words) for identifier, words in targets.items() if identifier not in used]
        return replace(
            question, type=QuestionType.MATCHING, pairs=tuple(pairs), shuffle=node.get("shuffle") == "true"
        )


Reader = Callable[[_Item, Question, Node, str, dict[str, Text]], Question]
READERS: dict[str, Reader] = {
    "choiceInteraction": _Item.choice,
    "inlineChoiceInteraction": _Item.choice,
    "textEntryInteraction": _Item.text_entry,
    "extendedTextInteraction": _Item.essay,
    "matchInteraction": _Item.match,
}


def _holds(node: Node, interaction: Node | None) -> bool:
    """Say whether an element has the interaction somewhere inside."""
    return interaction is not None and any(
        child is interaction or _holds(child, interaction) for child in node.elements()
    )


def as_true_false(question: Question) -> Question:
    """Return a choice between true and false as a true/false question."""
    words = [plain_text(answer.text.text).lower() for answer in question.answers]
    right = [answer.fraction for answer in question.answers]
    if len(words) != 2 or set(words) not in TRUE_FALSE or sorted(right) != [0, 1]:
        return question
    when_true, when_false = sorted(question.answers, key=lambda a: plain_text(a.text.text).lower()[0] != "t")
    return replace(
        question,
        type=QuestionType.TRUEFALSE,
        answers=true_false_answers(when_true.fraction == 1, when_true.feedback, when_false.feedback),
        shuffle=True,
    )
