"""Tell the format of a question file from its content."""

from __future__ import annotations

import re
from pathlib import PurePath

from app.quizzes.formats.archive import Archive
from app.quizzes.formats.result import UnreadableFile
from app.quizzes.formats.source import decode

FIRST_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)")
NOT_A_TAG = re.compile(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
ROOTS = {
    "quiz": "moodle-xml",
    "assessmentItem": "qti",
    "assessmentTest": "qti",
    "qti-assessment-item": "qti",
    "qti-assessment-test": "qti",
    "questestinterop": "common-cartridge",
}
AIKEN = re.compile(r"^[ \t]*ANSWER:[ \t]*[A-Z]", re.MULTILINE)
GIFT = re.compile(r"^[ \t]*(?:::|\$CATEGORY:|//)|\}", re.MULTILINE)
KNOWN = "GIFT, Aiken, Moodle XML, QTI 2 and 3 packages, and Common Cartridge or Canvas exports"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MOST_SNIFFED = 500
MOST_LOOKED_AT = 300_000


def detect(data: bytes, name: str | None = None) -> str:
    """Return the format of a question file, told from its content; a name only helps where that is bare text.

    Raises UnreadableFile when it is none of ours.
    """
    if not data.strip():
        raise UnreadableFile("The file is empty.")
    if data.startswith(ZIP):
        return _of_package(Archive(data))
    if root := root_tag(data):
        if root in ROOTS:
            return ROOTS[root]
        raise UnreadableFile(f"This XML begins with <{root[:60]}>, which is none of {KNOWN}.", 1)
    text = decode(data)
    start = text[:MOST_LOOKED_AT].replace("\r", "\n")
    if AIKEN.search(start):
        return "aiken"
    if "{" in text or GIFT.search(start) or (name and PurePath(name).suffix.lower() in (".gift", ".txt")):
        return "gift"
    raise UnreadableFile(f"No question is recognised here. Tandem reads {KNOWN}.", 1)


def root_tag(data: bytes) -> str:
    """Return the local name of the first tag of an XML document, empty when this is no XML."""
    start = data[:8192]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start[: len(start) // 2 * 2].decode("utf-16", "replace")
    else:
        text = start.decode("utf-8", "replace").lstrip("\ufeff")
    if not text.lstrip().startswith("<"):
        return ""
    tag = FIRST_TAG.match(NOT_A_TAG.sub("", text).lstrip())
    return tag[1].rpartition(":")[2] if tag else ""


def _of_package(archive: Archive) -> str:
    found = set()
    for name in archive.names[:MOST_SNIFFED]:
        if name.lower().endswith((".xml", ".qti")) and name.rpartition("/")[2].lower() != "imsmanifest.xml":
            found.add(ROOTS.get(root_tag(archive.head(name)), ""))
    for format in ("qti", "common-cartridge", "moodle-xml"):
        if format in found:
            return format
    raise UnreadableFile(f"No question file is in this package. Tandem reads {KNOWN}.")
