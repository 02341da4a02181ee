"""Read YAML with the place of every value, so that each fault can be shown where it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import yaml

from app.authoring.problems import Problems, did_you_mean

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_BYTES = 1_000_000
LONGEST_ID = 60
LONGEST_TITLE = 200
LONGEST_WORD = 120


class Value:
    """One value of a YAML file. Readers report what is wrong and return something harmless."""

    def __init__(self, node: yaml.Node, path: str, problems: Problems, offset: int = 0) -> None:
        self._node = node
        self.path = path
        self.problems = problems
        self._offset = offset

    @property
    def line(self) -> int:
        return self._node.start_mark.line + 1 + self._offset

    @property
    def column(self) -> int:
        return self._node.start_mark.column + 1

    @property
    def is_scalar(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode)

    def fail(self, message: str) -> None:
        """Report a fault at this value."""
        self.problems.add(self.path, self.line, self.column, message)

    def place_of(self, text: str) -> Value:
        """Return the first value below this one that reads `text`, or this one."""
        queue = [self._node]
        while queue:
            node = queue.pop(0)
            if isinstance(node, yaml.ScalarNode) and node.value == text:
                return self._child(node)
            if isinstance(node, yaml.SequenceNode):
                queue.extend(node.value)
            elif isinstance(node, yaml.MappingNode):
                queue.extend(part for pair in node.value for part in pair)
        return self

    def _child(self, node: yaml.Node) -> Value:
        return Value(node, self.path, self.problems, self._offset)

    def mapping(self, required: str = "", optional: str = "") -> dict[str, Value]:
        """Return the fields; report missing, unknown and repeated ones. Field names are space-separated."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail("Write fields here, each as `name: value`.")
            return {}
        must, may = required.split(), required.split() + optional.split()
        out: dict[str, Value] = {}
        for key_node, value_node in self._node.value:
            key = self._child(key_node)
            name = key.text()
            if name in out:
                key.fail(f"`{name}` stands here twice. Keep one of them.")
            elif may and name not in may:
                key.fail(f"`{name}` is not known here.{did_you_mean(name, may)}")
            out[name] = self._child(value_node)
        for name in must:
            if name not in out:
                self.fail(f"`{name}` is missing. Add it.")
        return out

    def items(self) -> list[Value]:
        """Return the items of a list; a missing list is reported."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fail("Write a list here: `[one, two]` or one `- item` per line.")
            return []
        return [self._child(node) for node in self._node.value]

    def text(self) -> str:
        """Return a non-empty text, outer white space cut."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fail("Write plain text here.")
            return ""
        text = str(self._node.value).strip()
        if not text:
            self.fail("This is empty. Write something or remove the field.")
        return text

    def title(self, most: int = LONGEST_TITLE) -> str:
        """Return a non-empty text that fits on a line."""
        text = self.text()
        if len(text) > most:
            self.fail(f"This has {len(text)} characters. Write at most {most}.")
        return text

    def ident(self) -> str:
        """Return an id: at most 60 lower-case letters, digits and single hyphens."""
        text = self.text()
        if len(text) > LONGEST_ID:
            self.fail(f"This id has {len(text)} characters. Write at most {LONGEST_ID}.")
        elif text and not ID.fullmatch(text):
            suggestion = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
            self.fail(f"`{text}` is not an id. Write `{suggestion}`." if suggestion else "Write an id here.")
        return text

    def idents(self) -> tuple[str, ...]:
        """Return a list of ids; a repeated one is reported."""
        out: list[str] = []
        for item in self.items():
            name = item.ident()
            if name in out:
                item.fail(f"`{name}` stands in this list twice. Keep one.")
            out.append(name)
        return tuple(out)

    def number(self, low: float, high: float) -> float:
        """Return a number within bounds."""
        try:
            number = float(self.text())
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.fail(f"Write a number from {low:g} to {high:g}.")
            return low
        return number

    def whole(self, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        text = self.text()
        if not re.fullmatch(r"-?\d{1,9}", text) or not low <= int(text) <= high:
            self.fail(f"Write a whole number from {low} to {high}.")
            return low
        return int(text)

    def flag(self) -> bool:
        """Return true or false."""
        return self.choice("true", "false") == "true"

    def choice(self, *known: str) -> str:
        """Return one of the known words."""
        text = self.text()
        if text not in known:
            self.fail(f"`{text}` is not known here. Write one of: {', '.join(known)}.")
            return known[0]
        return text

    def day(self) -> date:
        """Return a date written as YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.fail("Write a date as 2027-05-31.")
            return date.max


def read_yaml(root: Path, path: Path, problems: Problems) -> Value | None:
    """Return the top value of a YAML file, or None when it cannot be read."""
    shown = str(path.relative_to(root))
    text = read_text(root, path, problems, MAX_BYTES)
    return None if text is None else parse_yaml(text, shown, problems)


def parse_yaml(text: str, shown: str, problems: Problems, offset: int = 0) -> Value | None:
    """Return the top value of YAML text; `offset` is the number of lines above it in its file."""
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            problems.add(shown, 1 + offset, 1, "Aliases (`*name`) are not used in these files. Write it out.")
            return None
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it is nested too deeply or has a strange character"
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.add(
            shown, line + offset, column, f"This is not valid YAML: {reason}. Check quotes and indents."
        )
        return None
    if node is None:
        problems.add(shown, 1 + offset, 1, "The file is empty.")
        return None
    return Value(node, shown, problems, offset)


def read_text(root: Path, path: Path, problems: Problems, limit: int) -> str | None:
    """Return a file's text without a byte-order mark, or None after reporting why not."""
    shown = str(path.relative_to(root))
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.add(shown, 1, 1, f"The file cannot be read: {error.strerror}.")
        return None
    if len(data) > limit:
        problems.add(shown, 1, 1, f"The file is {len(data):,} bytes; {limit:,} is the limit. Split it.")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(shown, line, 1, "This is not UTF-8 text. Save the file as UTF-8.")
        return None
