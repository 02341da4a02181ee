"""A hostile file ends in one clear message, quickly and in little memory, in a process of its own."""

import base64
import io
import json
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from app.quizzes import formats
from app.quizzes.question import Question, QuestionType, Text, TextFormat
from tests.quizzes.formats.test_common_cartridge import document
from tests.quizzes.formats.test_moodle_xml import element, quiz
from tests.quizzes.formats.test_qti import item

MEGABYTE = 1024 * 1024
# One process imports the product and forks for each file, so that time and memory are the file's own.
MEASURE = """
import json, os, re, sys, time
from pathlib import Path
from app.quizzes.cli_formats import read_file
for path in sys.argv[1:]:
    child = os.fork()
    if child:
        if os.waitpid(child, 0)[1]:
            sys.exit(f"{path} ended badly")
        continue
    start = time.process_time()
    read_file(Path(path))
    status = Path("/proc/self/status").read_text()
    megabytes = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
    print(json.dumps({"seconds": time.process_time() - start, "megabytes": megabytes}), flush=True)
    os._exit(0)
"""


def entities(depth: int) -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE quiz [<!ENTITY l0 "ha">{lines}]><quiz><question type="essay">&l{depth - 1};</question></quiz>'.encode()


def zipped(members: dict[str, bytes], symlink: str = "", encrypted: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
        if symlink:
            info = zipfile.ZipInfo(symlink)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def many_members() -> bytes:
    return zipped({f"{n}.xml": b"" for n in range(21_000)})


def lying() -> bytes:
    """Make a package whose member says that it unpacks to ten bytes and unpacks to 20 MB."""
    data = bytearray(zipped({"q.xml": b"\0" * (20 * MEGABYTE)}))
    for head, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        start = data.find(head) + place
        data[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(data)


ESSAY = item("", '<p>x</p><extendedTextInteraction responseIdentifier="RESPONSE"/>', "")
EXTERNAL = b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay">&x;</question></quiz>'
REFUSED = {
    "entity bomb": (entities(12), "entities"),
    "external entity": (EXTERNAL, "entities"),
    "zip bomb": (zipped({"q.xml": ESSAY, "bomb.xml": b"\0" * (30 * MEGABYTE)}), "zip bombs"),
    "huge member": (zipped({"q.xml": ESSAY, "b.bin": bytes(range(256)) * (33 * MEGABYTE // 256)}), "unpack"),
    "path traversal": (zipped({"../../etc/cron.d/x.xml": ESSAY}), "leads out"),
    "absolute path": (zipped({"/etc/x.xml": ESSAY}), "leads out"),
    "drive path": (zipped({"C:\\x.xml": ESSAY}), "leads out"),
    "symlink": (zipped({"q.xml": ESSAY}, symlink="s.xml"), "link"),
    "too many members": (many_members(), "more than"),
    "truncated zip": (zipped({"q.xml": ESSAY * 50})[:-30], "whole zip"),
    "100 MB": (b"a" * (100 * MEGABYTE), "larger than"),
    "UTF-16 text": ("Q {T}".encode("utf-16"), "UTF-16"),
    "Latin-1": ("Größe {T}".encode("latin-1"), "not UTF-8"),
    "zero bytes": (b"\0" * 1000, "not a text"),
    "empty": (b" \n", "empty"),
    "only a comment": (b"<quiz><!--" + b"-x" * MEGABYTE + b"--></quiz>", "no question"),
    "inclusion": (
        b'<quiz xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></quiz>',
        "no question",
    ),
    "nested zips": (zipped({f"{n}.zip": zipped({"b": b"\0" * 30 * MEGABYTE}) for n in range(8)}), "No "),
    "lying sizes": (lying(), "No question file"),
    "another XML": (b"<html><body/></html>", "none of"),
    "a spreadsheet": (b"name,mark\nAnna,3\n", "No question"),
    "deep XML": (b"<quiz><question>" + b"<a>" * 100_000, "deep"),
    "many tags": (b"<quiz><question>" + b"<a/>" * (4 * MEGABYTE), "elements"),
    "deep QTI": (ESSAY.replace(b"<p>x</p>", b"<div>" * 5000 + b"</div>" * 5000), "deep"),
    "truncated XML": (quiz(element("essay"))[:-60], "br"),
    "long question": (b"Q " + b"x" * MEGABYTE + b" {T}", "longer than"),
    "many answers": (b"Q {" + b"~a" * 1000 + b"}", "More than"),
}
SURVIVED = {
    "20,000 braces": b"Q " + b"{" * 20_000,
    "20,000 brackets": b"// " + b"[id:" * 20_000 + b"\n[html]" + b"[" * 20_000 + b" {T}",
    "20,000 colons": b"::" * 20_000 + b" {T}",
    "many small questions": b"Q {T}\n\n" * 25_000,
    "many broken questions": b"Q {T\n\n" * 60_000,
    "weights": b"Q {" + b"~%" * 400 + b"}",
    "escapes": b"Q " + b"\\" * 100_000 + b"{T}",
    "blank lines": b"\n" * (8 * MEGABYTE) + b"Q {T}",
    "tags in a name": b"::" + b"<a" * 50_000 + b":: Q {T}",
    "open tags in a text": b"Q {T}\n\n[html]" + b"<img src=" * 15_000 + b" {T}",
    "many broken elements": b"<quiz>" + b"<question>&</question>" * 50_000 + b"</quiz>",
    "base64 of nothing": quiz(element("essay", '<file name="x">' + "=" * 5000 + "</file>")),
    "QTI tags in a text": ESSAY.replace(b"<p>x</p>", b"<p>" + b"&lt;img src=" * 20_000 + b"</p>"),
    "QTI 1.2 without anything": document("<item/>", "<item><presentation/></item>"),
    "large base64": quiz(
        element("essay", f"<file name='x'>{base64.b64encode(bytes(10 * MEGABYTE)).decode()}</file>")
    ),
}


def measured(paths: list[Path]) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_ends_in_one_clear_message(name):
    data, words = REFUSED[name]
    result = formats.read(data)
    assert result.questions == ()
    assert len(result.errors) == 1
    assert words in result.errors[0].message


@pytest.mark.slow
def test_hostile_files_stay_within_five_seconds_and_300_megabytes(tmp_path):
    files = {name: data for name, (data, _) in REFUSED.items()} | SURVIVED
    paths = [tmp_path / f"file-{n}" for n in range(len(files))]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    for name, found in zip(files, measured(paths), strict=True):
        assert found["seconds"] < 5, (name, found)
        assert found["megabytes"] < 300, (name, found)


@pytest.mark.parametrize("piece", ["<img src=", "<", "<!--", "</", '<a "', "<div>", "<p>", "<![CDATA["])
def test_hostile_html_is_written_in_time(piece):
    question = Question(QuestionType.ESSAY, "Name", Text(piece * (150_000 // len(piece)), TextFormat.HTML))
    start = time.process_time()
    formats.write([question], "qti")
    assert time.process_time() - start < 5


def test_external_references_are_never_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    source = f'<!DOCTYPE quiz SYSTEM "{secret.as_uri()}"><quiz>{element("essay")}</quiz>'.encode()
    result = formats.read(source)
    assert "do not read" not in repr(result)
