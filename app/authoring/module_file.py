"""Read one module folder: its activities with their lessons, quiz, role-play, and its cheat sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.authoring import lessons
from app.authoring.framework_file import read_audience
from app.authoring.problems import Problems, did_you_mean
from app.authoring.yamlfile import LONGEST_WORD, Value, parse_yaml, read_text, read_yaml
from app.curriculum.definitions import EVERYONE, Activity, ActivityKind, Media, Module, activity_key
from app.playbook.definitions import Article, Term
from app.quizzes import formats
from app.quizzes.definitions import OnTimeout, QuizDefinition, Review
from app.quizzes.question import QuestionType
from app.roleplays.definitions import TOP_LEVEL, Criterion, Persona, RolePlayDefinition

MIME = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
MAX_MEDIA_BYTES = 2_000_000
MODES = ("assist", "reverse_shadow", "supervised")
KINDS = "lesson quiz role_play task"
QUIZ_FIELDS = (
    "title minutes pass_percent draw shuffle time_limit_minutes on_timeout attempts retake_wait_hours review"
)

CHOOSES = (QuestionType.MULTICHOICE, QuestionType.SHORTANSWER, QuestionType.NUMERICAL)
"""The kinds of question whose answers carry a share of the mark."""


@dataclass
class ModuleReading:
    """What one folder gave. References are checked later, with the whole set in view."""

    place: Value
    module: Module
    quizzes: list[QuizDefinition] = field(default_factory=list)
    role_plays: list[RolePlayDefinition] = field(default_factory=list)
    article: Article | None = None
    references: list[tuple[Value, str]] = field(default_factory=list)
    audiences: list[tuple[Value, tuple[str, ...]]] = field(default_factory=list)


class ModuleReader:
    """Read the folder of one module."""

    def __init__(self, root: Path, folder: Path, problems: Problems, terms: tuple[Term, ...]) -> None:
        self._root = root
        self._folder = folder
        self._problems = problems
        self._terms = terms
        self._media: dict[str, Media] = {}
        self._quizzes: list[QuizDefinition] = []
        self._role_plays: list[RolePlayDefinition] = []
        self._references: list[tuple[Value, str]] = []
        self._audiences: list[tuple[Value, tuple[str, ...]]] = []

    def read(self) -> ModuleReading | None:
        """Return the module, or None where its module.yaml cannot be read."""
        value = read_yaml(self._root, self._folder / "module.yaml", self._problems)
        if value is None:
            return None
        fields = value.mapping(
            "id title summary audience competencies activities", "prerequisites cheat_sheet"
        )
        if not {"id", "title", "summary", "audience", "competencies", "activities"} <= fields.keys():
            return None
        module_id = fields["id"].ident()
        if module_id != self._folder.name:
            fields["id"].fail(f"The folder is called `{self._folder.name}`. Write `id: {self._folder.name}`.")
        self._media = self._read_media()
        audience = read_audience(fields["audience"])
        module = Module(
            id=module_id,
            title=fields["title"].title(),
            summary=fields["summary"].text(),
            audience=audience,
            competency_ids=self._competencies(fields["competencies"]),
            prerequisites=fields["prerequisites"].idents() if "prerequisites" in fields else (),
            activities=tuple(self._read_activities(module_id, fields["activities"])),
            media=tuple(self._media.values()),
        )
        article = self._read_cheat_sheet(module, fields["cheat_sheet"]) if "cheat_sheet" in fields else None
        return ModuleReading(
            value, module, self._quizzes, self._role_plays, article, self._references, self._audiences
        )

    def _competencies(self, value: Value) -> tuple[str, ...]:
        for item in value.items():
            self._references.append((item, item.ident()))
        return value.idents()

    def _competency(self, value: Value) -> str:
        self._references.append((value, value.ident()))
        return value.ident()

    def _read_media(self) -> dict[str, Media]:
        out = {}
        for path in sorted((self._folder / "media").glob("*")):
            shown = str(path.relative_to(self._root))
            if path.is_symlink() or not path.is_file() or path.suffix.lower() not in MIME:
                self._problems.add(shown, 1, 1, f"Only pictures belong here: {', '.join(sorted(MIME))}.")
            elif len(path.name) > LONGEST_WORD:
                self._problems.add(shown, 1, 1, f"The name has over {LONGEST_WORD} characters. Shorten it.")
            elif path.stat().st_size > MAX_MEDIA_BYTES:
                self._problems.add(shown, 1, 1, f"The picture is over {MAX_MEDIA_BYTES:,} bytes. Shrink it.")
            else:
                out[path.name] = Media(path.name, MIME[path.suffix.lower()], path.read_bytes())
        return out

    def _read_activities(self, module_id: str, value: Value) -> list[Activity]:
        out: list[Activity] = []
        for item in value.items():
            fields = item.mapping("id", f"{KINDS} mode competency {QUIZ_FIELDS}")
            given = [kind for kind in KINDS.split() if kind in fields]
            if len(given) != 1 or "id" not in fields:
                item.fail("An activity has an id and exactly one of: lesson, quiz, role_play, task.")
                continue
            activity_id = fields["id"].ident()
            if any(other.id == activity_id for other in out):
                fields["id"].fail(f"`{activity_id}` stands in this module twice. Rename one.")
            key = activity_key(module_id, activity_id)
            activity = {
                "lesson": self._lesson,
                "quiz": self._quiz,
                "role_play": self._role_play,
                "task": self._task,
            }[given[0]](activity_id, key, item, fields)
            if activity:
                out.append(activity)
        return out

    def _file(self, value: Value) -> Path | None:
        name = value.text()
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            near = [str(p.relative_to(self._folder)) for p in self._folder.rglob("*") if p.is_file()]
            value.fail(f"The file `{name}` is not in this module's folder.{did_you_mean(name, near)}")
            return None
        return self._folder / name

    def _front_matter(self, path: Path, required: str, optional: str) -> tuple[dict[str, Value], str] | None:
        text = read_text(self._root, path, self._problems, 400_000)
        if text is None:
            return None
        shown = str(path.relative_to(self._root))
        parts = text.split("---\n", 2)
        if len(parts) < 3 or parts[0].strip():
            self._problems.add(
                shown, 1, 1, "Begin with a line `---`, then title and other fields, then `---`."
            )
            return None
        value = parse_yaml(parts[1], shown, self._problems, offset=1)
        if value is None:
            return None
        above = parts[1].count("\n") + 2
        faults = lessons.check_text(parts[2], self._media)
        for fault in faults:
            self._problems.add(shown, fault.line + above, fault.column, fault.message)
        fields = value.mapping(required, optional)
        if not set(required.split()) <= fields.keys():
            return None
        return fields, "" if faults else self._html(parts[2])

    def _html(self, text: str) -> str:
        def url(name: str) -> str:
            digest = self._media[name].digest if name in self._media else ""
            return f"/media/{self._folder.name}/{name}?v={digest}"

        return lessons.render(text, url, self._terms)

    def _lesson(self, activity_id: str, _key: str, _item: Value, fields: dict[str, Value]) -> Activity | None:
        path = self._file(fields["lesson"])
        read = self._front_matter(path, "title minutes", "competencies audience") if path else None
        if read is None:
            return None
        front, html = read
        return Activity(
            id=activity_id,
            kind=ActivityKind.LESSON,
            title=front["title"].title(),
            minutes=front["minutes"].whole(1, 30),
            competency_ids=self._competencies(front["competencies"]) if "competencies" in front else (),
            html=html,
            audience=self._lesson_audience(front),
        )

    def _lesson_audience(self, front: dict[str, Value]) -> tuple[str, ...]:
        if "audience" not in front:
            return (EVERYONE,)
        audience = read_audience(front["audience"])
        self._audiences.append((front["audience"], audience))
        return audience

    def _quiz(self, activity_id: str, key: str, item: Value, fields: dict[str, Value]) -> Activity | None:
        if not {"title", "minutes"} <= fields.keys():
            item.fail("A quiz needs `title` and `minutes`.")
            return None
        path = self._file(fields["quiz"])
        if path is None:
            return None
        shown = str(path.relative_to(self._root))
        result = formats.read(path.read_bytes(), "gift", path.name)
        for problem in result.errors:
            self._problems.add(shown, problem.line, problem.column, problem.message)
        for problem in result.warnings:
            self._problems.warn(shown, problem.line, problem.column, problem.message)
        tags: set[str] = set()
        for question in result.questions:
            if not question.id and question.type != "description":
                self._problems.add(
                    shown, question.line, 1, "The question has no id. Put `// [id:…]` above it."
                )
            if question.type in CHOOSES and not any(answer.fraction > 0 for answer in question.answers):
                self._problems.add(
                    shown,
                    question.line,
                    1,
                    "No answer is right, so nobody can pass. Write = before the right one.",
                )
            for tag in question.tags:
                tags.add(tag)
                self._references.append((_Place(shown, question.line, self._problems), tag))  # type: ignore[arg-type]
        if "on_timeout" in fields and "time_limit_minutes" not in fields:
            fields["on_timeout"].fail("Without `time_limit_minutes` there is no time-out. Remove this.")
        draw = fields["draw"].whole(1, 500) if "draw" in fields else None
        if draw and draw > len(result.questions):
            fields["draw"].fail(f"The file has {len(result.questions)} questions. Draw at most as many.")
        minutes = fields["minutes"].whole(1, 60)
        title = fields["title"].title()
        self._quizzes.append(
            QuizDefinition(
                activity_key=key,
                title=title,
                minutes=minutes,
                questions=result.questions,
                pass_percent=fields["pass_percent"].number(1, 100) if "pass_percent" in fields else 80,
                draw=draw,
                shuffle=fields["shuffle"].flag() if "shuffle" in fields else True,
                time_limit_minutes=fields["time_limit_minutes"].whole(1, 240)
                if "time_limit_minutes" in fields
                else None,
                on_timeout=OnTimeout(fields["on_timeout"].choice(*OnTimeout))
                if "on_timeout" in fields
                else OnTimeout.SUBMIT,
                attempts=fields["attempts"].whole(1, 100) if "attempts" in fields else None,
                retake_wait_hours=fields["retake_wait_hours"].whole(0, 720)
                if "retake_wait_hours" in fields
                else 0,
                review=Review(fields["review"].choice(*Review))
                if "review" in fields
                else Review.AFTER_SUBMIT,
            )
        )
        return Activity(activity_id, ActivityKind.QUIZ, title, minutes, tuple(sorted(tags)))

    def _role_play(
        self, activity_id: str, key: str, item: Value, fields: dict[str, Value]
    ) -> Activity | None:
        path = self._file(fields["role_play"])
        value = read_yaml(self._root, path, self._problems) if path else None
        if value is None:
            return None
        names = (
            "id title competencies minutes time_limit_minutes persona situation learner_brief actor_brief "
            "hidden_facts escalation_cues criteria"
        )
        part = value.mapping(names, "pass_mean")
        if not set(names.split()) <= part.keys():
            return None
        persona = part["persona"].mapping("name role company mood")
        if not {"name", "role", "company", "mood"} <= persona.keys():
            return None
        definition = RolePlayDefinition(
            id=part["id"].ident(),
            activity_key=key,
            title=part["title"].title(),
            competency_ids=self._competencies(part["competencies"]),
            minutes=part["minutes"].whole(1, 60),
            time_limit_minutes=part["time_limit_minutes"].whole(1, 60),
            persona=Persona(*(persona[name].text() for name in ("name", "role", "company", "mood"))),
            situation=part["situation"].text(),
            learner_brief=part["learner_brief"].text(),
            actor_brief=part["actor_brief"].text(),
            hidden_facts=tuple(v.text() for v in part["hidden_facts"].items()),
            escalation_cues=tuple(v.text() for v in part["escalation_cues"].items()),
            pass_mean=part["pass_mean"].number(0.5, TOP_LEVEL) if "pass_mean" in part else 3.0,
            criteria=tuple(c for c in map(self._criterion, part["criteria"].items()) if c),
        )
        if not definition.criteria:
            part["criteria"].fail("A rubric needs at least one criterion.")
        self._role_plays.append(definition)
        return Activity(
            activity_id,
            ActivityKind.ROLE_PLAY,
            definition.title,
            definition.minutes,
            definition.competency_ids,
        )

    def _criterion(self, value: Value) -> Criterion | None:
        part = value.mapping("id title competency levels", "weight critical")
        if not {"id", "title", "competency", "levels"} <= part.keys():
            return None
        levels = {
            int(k): v.text() for k, v in part["levels"].mapping().items() if k in {"0", "1", "2", "3", "4"}
        }
        if sorted(levels) != list(range(TOP_LEVEL + 1)):
            part["levels"].fail("Describe each of the levels 0, 1, 2, 3 and 4.")
            return None
        return Criterion(
            id=part["id"].ident(),
            title=part["title"].title(),
            competency_id=self._competency(part["competency"]),
            weight=part["weight"].whole(1, 10) if "weight" in part else 1,
            critical=part["critical"].flag() if "critical" in part else False,
            levels=levels,
        )

    def _task(self, activity_id: str, _key: str, item: Value, fields: dict[str, Value]) -> Activity | None:
        if not {"mode", "competency", "minutes"} <= fields.keys():
            item.fail("A task needs `mode`, `competency` and `minutes`.")
            return None
        text = fields["task"].title()
        return Activity(
            id=activity_id,
            kind=ActivityKind.TASK,
            title=text,
            minutes=fields["minutes"].whole(1, 120),
            competency_ids=(self._competency(fields["competency"]),),
            task=text,
            mode=fields["mode"].choice(*MODES),
        )

    def _read_cheat_sheet(self, module: Module, value: Value) -> Article | None:
        path = self._file(value)
        read = self._front_matter(path, "title owner review_by", "audience") if path else None
        if read is None:
            return None
        front, html = read
        return Article(
            id=module.id,
            title=front["title"].title(),
            owner=front["owner"].ident(),
            review_by=front["review_by"].day(),
            audience=read_audience(front["audience"]) if "audience" in front else module.audience,
            html=html,
        )


@dataclass(frozen=True)
class _Place:
    """A place that is not a YAML value: a question in a GIFT file."""

    path: str
    line: int
    problems: Problems

    def place_of(self, _text: str) -> _Place:
        return self

    def fail(self, message: str) -> None:
        self.problems.add(self.path, self.line, 1, message)
