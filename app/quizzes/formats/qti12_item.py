"""Read one QTI 1.2 item, as Common Cartridge defines it and as Canvas and Blackboard-style tools write it.

An item says what it shows (`presentation`) and, apart from that, which responses score and which feedback
they bring (`resprocessing`). Canvas names its type in the metadata; elsewhere the structure tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.quizzes.formats import judging
from app.quizzes.formats.media import change_references
from app.quizzes.formats.names import clean_name, name_from_text
from app.quizzes.formats.notes import Notes
from app.quizzes.formats.qti_item import NotAsked, as_true_false
from app.quizzes.formats.qti_scoring import decimal_or_zero, settled
from app.quizzes.formats.result import MAX_QUESTION_CHARACTERS, QuestionMalformed
from app.quizzes.formats.xhtml import Change, html_of, plain_text
from app.quizzes.formats.xml_tree import Node
from app.quizzes.question import NO_TEXT, Answer, Pair, Question, QuestionType, Text, TextFormat

NOT_ASKED = {
    "calculated_question": "a calculated question",
    "fill_in_multiple_blanks_question": "a fill-in question with several blanks",
    "multiple_dropdowns_question": "a question with several drop-down lists",
    "file_upload_question": "a file-upload question",
    "ordering_question": "an ordering question",
    "hot_spot_question": "a hotspot question",
    "categorization_question": "a categorising question",
}
ESSAYS = ("essay_question", "cc.essay.v0p1")
NUMBERS = ("numerical_question",)
RESPONSES = ("response_lid", "response_str", "response_num")
OTHER_RESPONSES = ("response_xy", "response_grp", "response_extension")
GENERAL, RIGHT, WRONG = ("general_fb",), ("correct_fb",), ("general_incorrect_fb", "incorrect_fb")
UNNAMED = ("", "question")


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one response condition: what it tests, what it scores, which feedback it shows."""

    right: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, str], ...]
    score: Decimal | None
    adds: bool
    feedback: tuple[str, ...]
    node: Node = field(compare=False)


class Qti12Item:
    """Read the parts of one item; `refer` makes a reference to media one of ours."""

    def __init__(self, node: Node, refer: Change, notes: Notes) -> None:
        self.node = node
        self.refer = refer
        self.notes = notes
        self.metadata = dict(_metadata(node))
        self.rules = list(_rules(node))
        self.best = max(_best(node, self.rules), Decimal("0.000001"))

    def question(self, category: str, warn: Callable[[int, str], None]) -> Question:
        """Return the question; raises NotAsked or QuestionMalformed."""
        kind = self.metadata.get("question_type") or self.metadata.get("cc_profile", "")
        if kind in NOT_ASKED:
            raise NotAsked(NOT_ASKED[kind])
        presentation = self.node.find("presentation")
        if presentation is None:
            raise QuestionMalformed("This item shows nothing: it has no presentation.", self.node.line)
        if any(presentation.within(*OTHER_RESPONSES)):
            raise NotAsked("a question with marks on a picture or another special response")
        responses = list(presentation.within(*RESPONSES))
        text = self._material(presentation)
        if len(text.text) > MAX_QUESTION_CHARACTERS:
            raise QuestionMalformed(
                f"This item is longer than {MAX_QUESTION_CHARACTERS} characters.", self.node.line
            )
        title = clean_name(self.node.get("title"))
        feedback = self._feedback()
        question = Question(
            type=QuestionType.DESCRIPTION,
            name=title if title.lower() not in UNNAMED else name_from_text(plain_text(text.text)),
            text=text,
            default_mark=self._mark() if responses else Decimal(0),
            general_feedback=_first(feedback, GENERAL),
            correct_feedback=_first(feedback, RIGHT),
            incorrect_feedback=_first(feedback, WRONG),
            id=self.node.get("ident"),
            category=category,
            line=self.node.line,
        )
        if responses:
            question = self._answered(question, kind, responses, feedback)
        return judging.judged(question, warn)

    def _answered(
        self, question: Question, kind: str, responses: list[Node], feedback: dict[str, Text]
    ) -> Question:
        if len(responses) > 1:
            if all(r.tag == "response_lid" and r.find("material") is not None for r in responses):
                return self._matching(question, responses)
            raise NotAsked(f"a question in {len(responses)} parts")
        response = responses[0]
        if response.tag == "response_lid":
            return self._choices(question, response, feedback)
        tests_number = any(rule.node.find("conditionvar") and _bounds(rule.node) for rule in self.rules)
        fib = response.find("render_fib")
        is_number = fib is not None and fib.get("fibtype") in ("Integer", "Decimal", "Scientific")
        if (
            kind in NUMBERS
            or response.tag == "response_num"
            or tests_number
            or (is_number and kind not in ESSAYS)
        ):
            return self._numerical(question, response)
        if kind in ESSAYS or not any(rule.right for rule in self.rules):
            return replace(question, type=QuestionType.ESSAY, marker_notes=self._solution())
        return self._short_answer(question, response, feedback)

    def _choices(self, question: Question, response: Node, feedback: dict[str, Text]) -> Question:
        labels = list(response.within("response_label"))
        single = response.get("rcardinality", "Single") == "Single"
        shown = self._feedback_of_values(feedback)
        fractions = self._fractions([label.get("ident") for label in labels], single)
        answers = tuple(
            Answer(
                self._material(label), fractions[label.get("ident")], shown.get(label.get("ident"), NO_TEXT)
            )
            for label in labels
        )
        render = response.find("render_choice")
        question = replace(
            question,
            type=QuestionType.MULTICHOICE,
            answers=answers,
            single=single,
            shuffle=render is not None and render.get("shuffle", "No") == "Yes",
        )
        return as_true_false(question) if single else question

    def _fractions(self, identifiers: list[str], single: bool) -> dict[str, float]:
        """Return the fraction of each choice; several right at once share the mark, as in Canvas."""
        fractions = dict.fromkeys(identifiers, 0.0)
        for rule in self.rules:
            if rule.score is None or not rule.right:
                continue
            right = [value for _, value in rule.right]
            if single or len(right) == 1:
                for value in right:
                    fractions[value] = settled(float(rule.score / self.best))
                if single or rule.adds:
                    continue
            share = settled(float(rule.score / self.best) / len(right))
            for value in identifiers:
                fractions[value] = share if value in right else settled(-1 / len(right))
        return fractions

    def _matching(self, question: Question, responses: list[Node]) -> Question:
        key = {name: value for rule in self.rules if rule.score for name, value in rule.right}
        targets: dict[str, str] = {}
        pairs = []
        for response in responses:
            words = {
                label.get("ident"): _plain(self._material(label))
                for label in response.within("response_label")
            }
            targets |= words
            right = key.get(response.get("ident"))
            if right not in words:
                raise QuestionMalformed(f"“{question.name}”: a stem has no right answer.", response.line)
            material = response.find("material")
            pairs.append(Pair(self._material(response) if material is not None else NO_TEXT, words[right]))
        used = {pair.answer for pair in pairs}
        pairs += [Pair(NO_TEXT, words) for words in dict.fromkeys(targets.values()) if words not in used]
        return replace(question, type=QuestionType.MATCHING, pairs=tuple(pairs))

    def _short_answer(self, question: Question, response: Node, feedback: dict[str, Text]) -> Question:
        shown = self._feedback_of_values(feedback)
        answers = [
            Answer(
                Text(value, TextFormat.PLAIN),
                settled(float(rule.score / self.best)),
                shown.get(value, NO_TEXT),
            )
            for rule in self.rules
            if rule.score is not None
            for _, value in rule.right
        ]
        sensitive = any(test.get("case") == "Yes" for test in self.node.within("varequal"))
        return replace(
            question, type=QuestionType.SHORTANSWER, answers=tuple(answers), case_sensitive=sensitive
        )

    def _numerical(self, question: Question, response: Node) -> Question:
        answers = []
        for rule in self.rules:
            if rule.score is None:
                continue
            fraction = settled(float(rule.score / self.best))
            bounds = _bounds(rule.node)
            exact = [judging.number(value, rule.node.line) for _, value in rule.right]
            if bounds:
                low, high = bounds
                middle = next(
                    (v for v in exact if low <= v <= high and v - low == high - v), (low + high) / 2
                )
                answers.append(_number(middle, max(high - middle, middle - low), fraction))
                exact = [value for value in exact if value != middle]
            answers += [_number(value, Decimal(0), fraction) for value in exact]
        return replace(question, type=QuestionType.NUMERICAL, answers=tuple(answers))

    def _feedback_of_values(self, feedback: dict[str, Text]) -> dict[str, Text]:
        """Return the feedback that one single response brings."""
        return {
            rule.right[0][1]: feedback[link]
            for rule in self.rules
            if len(rule.right) == 1 and not rule.wrong
            for link in rule.feedback
            if link in feedback and link not in GENERAL + RIGHT + WRONG
        }

    def _feedback(self) -> dict[str, Text]:
        found = {node.get("ident"): self._material(node) for node in self.node.all("itemfeedback")}
        return {ident: text for ident, text in found.items() if text}

    def _solution(self) -> Text:
        found = next(self.node.within("solutionmaterial"), None)
        return self._material(found) if found is not None else NO_TEXT

    def _mark(self) -> Decimal:
        written = self.metadata.get("points_possible") or self.metadata.get("cc_weighting")
        mark = decimal_or_zero(written) if written else Decimal(1)
        return max(mark, Decimal(0)).normalize() + 0

    def _material(self, parent: Node) -> Text:
        """Return what an element shows, without the responses inside it."""
        texts = list(self._shown(parent))
        kinds = {text.format for text in texts}
        if kinds <= {TextFormat.PLAIN}:
            return Text("\n".join(text.text for text in texts).strip(), TextFormat.PLAIN)
        return Text("".join(text.text for text in texts).strip(), TextFormat.HTML)

    def _shown(self, parent: Node) -> Iterator[Text]:
        for child in parent.elements():
            if child.tag == "mattext":
                if any(isinstance(inner, Node) for inner in child.children):
                    yield Text(html_of(child.children, self.refer), TextFormat.HTML)
                elif child.get("texttype", "text/plain").lower() in ("text/html", "text/xhtml"):
                    yield Text(change_references(child.text, self.refer), TextFormat.HTML)
                else:
                    yield Text(child.text, TextFormat.PLAIN)
            elif child.tag == "matimage":
                uri = child.get("uri") or child.get("entityref")
                if uri:
                    yield Text(
                        html_of([Node("img", {"src": uri, "alt": ""}, 0)], self.refer), TextFormat.HTML
                    )
            elif child.tag in ("mataudio", "matvideo", "matapplet", "matapplication"):
                self.notes.add("Sound, film and programs inside items are not kept", child.line)
            elif child.tag not in (*RESPONSES, "response_label", "render_choice", "render_fib"):
                yield from self._shown(child)


def _number(value: Decimal, tolerance: Decimal, fraction: float) -> Answer:
    return Answer(Text(judging.plain_number(value), TextFormat.PLAIN), fraction, NO_TEXT, tolerance)


def _plain(text: Text) -> str:
    return plain_text(text.text) if text.format is TextFormat.HTML else " ".join(text.text.split())


def _first(feedback: dict[str, Text], names: tuple[str, ...]) -> Text:
    return next((feedback[name] for name in names if name in feedback), NO_TEXT)


def _metadata(item: Node) -> Iterator[tuple[str, str]]:
    for entry in item.within("qtimetadatafield"):
        label, value = entry.find("fieldlabel"), entry.find("fieldentry")
        if label is not None and value is not None:
            yield label.text.strip(), value.text.strip()


def _rules(item: Node) -> Iterator[Rule]:
    for node in item.within("respcondition"):
        condition = node.find("conditionvar")
        right: list[tuple[str, str]] = []
        wrong: list[tuple[str, str]] = []
        if condition is not None:
            _tests(condition, right, wrong)
        setvar = next((s for s in node.all("setvar") if s.get("varname", "SCORE").upper() == "SCORE"), None)
        score = None if setvar is None else decimal_or_zero(setvar.text)
        yield Rule(
            tuple(right),
            tuple(wrong),
            score if score is None or score != 0 else None,
            setvar is not None and setvar.get("action", "Set") == "Add",
            tuple(link.get("linkrefid") for link in node.all("displayfeedback")),
            node,
        )


def _tests(node: Node, right: list[tuple[str, str]], wrong: list[tuple[str, str]]) -> None:
    for child in node.elements():
        if child.tag in ("varequal", "varsubstring"):
            right.append((child.get("respident"), child.text.strip()))
        elif child.tag == "not":
            _tests(child, wrong, right)
        elif child.tag in ("and", "or"):
            _tests(child, right, wrong)


def _bounds(rule: Node) -> tuple[Decimal, Decimal] | None:
    """Return the lowest and highest number that a condition accepts."""
    low = [decimal_or_zero(node.text) for node in rule.within("vargte", "vargt")]
    high = [decimal_or_zero(node.text) for node in rule.within("varlte", "varlt")]
    return (min(low), max(high)) if low and high and min(low) <= max(high) else None


def _best(item: Node, rules: list[Rule]) -> Decimal:
    """Return the most an item gives: what it declares, else what its rules can add up to."""
    for variable in item.within("decvar"):
        if variable.get("varname", "SCORE").upper() == "SCORE" and (
            most := decimal_or_zero(variable.get("maxvalue"))
        ):
            return most
    scores = [rule.score for rule in rules if rule.score is not None and rule.score > 0]
    adds = any(rule.adds for rule in rules)
    return (sum(scores, Decimal(0)) if adds else max(scores)) if scores else Decimal(100)
