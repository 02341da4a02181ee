"""Turn the bytes of a text file into numbered lines, exactly as an editor numbers them."""

from __future__ import annotations

import codecs

from app.quizzes.formats.result import MAX_LINES, MAX_TEXT_BYTES, UnreadableFile

# What PHP's trim() removes. Python's strip() would also take no-break spaces, which Moodle keeps.
BLANKS = " \t\n\r\0\x0b"


def decode(data: bytes) -> str:
    """Return the text of a UTF-8 file without its byte-order mark.

    Raises UnreadableFile, with the line, when the file is too large or in another encoding.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise UnreadableFile(
            f"The file is larger than {MAX_TEXT_BYTES // 1024 // 1024} MB. Split it into smaller files."
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFile("The file is in UTF-16. Save it as UTF-8 and try again.", 1, 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise UnreadableFile(
            "The file is not UTF-8: this byte belongs to another encoding. Save it as UTF-8 and try again.",
            line,
            column,
        ) from None
    if "\0" in text[:4096]:
        raise UnreadableFile("This is not a text file: it holds zero bytes.", 1, 1)
    return text


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them: LF, CRLF, or CR where there is no LF at all.

    Raises UnreadableFile when there are too many.
    """
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise UnreadableFile(f"The file has more than {MAX_LINES} lines. Split it into smaller files.")
    if "\n" not in text:
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")]
