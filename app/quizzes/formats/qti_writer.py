"""Write questions as a QTI 2.1 content package: a manifest, one item per question, and their media."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from app.quizzes.formats.media import media_names
from app.quizzes.formats.qti_item_writer import item_xml
from app.quizzes.formats.result import Draft, MediaFile
from app.quizzes.formats.xml_text import possible
from app.quizzes.question import Question

EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"
  identifier="MANIFEST-questions">
  <metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>
  <organizations/>
  <resources>
"""  # noqa: E501 - a schema location is one line
LOM = "http://ltsc.ieee.org/xsd/LOM"


def write_qti(questions: Sequence[Question], media: Sequence[MediaFile] = ()) -> Draft:
    """Return the questions as a zip; the same questions always give the same bytes."""
    draft = Draft(written=list(questions))
    files = {file.name: file.data for file in media}
    resources, used = [], set()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for number, question in enumerate(questions, 1):
            member = f"items/q{number:05}.xml"
            shown = [name for name in media_names(question) if name in files]
            used.update(shown)
            for name in set(media_names(question)) - set(shown):
                draft.findings.warn(0, f"“{question.name}” shows the file “{name}”, which is not written.")
            _add(package, member, item_xml(question, f"Q{number:05}").encode())
            resources.append(_resource(question, number, member, shown))
        for name in sorted(used):
            _add(package, f"media/{name}", files[name])
        manifest = MANIFEST_HEAD + "".join(resources) + "  </resources>\n</manifest>\n"
        _add(package, "imsmanifest.xml", manifest.encode())
    draft.data = buffer.getvalue()
    return draft


def _add(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    package.writestr(info, data)


def _resource(question: Question, number: int, member: str, shown: list[str]) -> str:
    files = "".join(
        f'      <file href="{escape(href)}"/>\n' for href in (member, *(f"media/{quote(n)}" for n in shown))
    )
    return (
        f'    <resource identifier="R{number:05}" type="imsqti_item_xmlv2p1" href="{member}">\n'
        f"{_metadata(question)}{files}    </resource>\n"
    )


def _metadata(question: Question) -> str:
    """Return tags as LOM keywords and the category as a LOM taxon."""
    keywords = "".join(f"<keyword><string>{_words(tag)}</string></keyword>" for tag in question.tags)
    general = f"<general>{keywords}</general>" if keywords else ""
    taxon = ""
    if question.category:
        entry = f"<taxon><entry><string>{_words(question.category)}</string></entry></taxon>"
        taxon = f"<classification><taxonPath>{entry}</taxonPath></classification>"
    return (
        f'      <metadata><lom xmlns="{LOM}">{general}{taxon}</lom></metadata>\n' if general or taxon else ""
    )


def _words(text: str) -> str:
    return escape(possible(text))
