"""Read and write the planner's JSON files; what can't be read is named with its place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NoReturn

MOST_BYTES = 500_000_000


class BadFile(ValueError):
    """A file can't be read or written; the text says which and why."""


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; raise `BadFile` naming the line where it stops being JSON."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(f"{path}: is larger than {MOST_BYTES // 10**6} MB")
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise BadFile(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: is not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise BadFile(f"{path}:{error.lineno}:{error.colno}: is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise BadFile(f"{path}: is nested too deeply") from error
    except ValueError as error:
        raise BadFile(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise BadFile(f"{path}: is {type(document).__name__}, not an object; write an object {{ … }}")
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def write_document(path: Path, document: dict[str, Any], *, probe: bool = False) -> None:
    """Write a JSON document in one step, so that a broken run leaves no half file.

    With `probe` nothing is written; `BadFile` is raised if it could not be.
    """
    if probe:
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise BadFile(f"{path}: can't be written there; name a file in a folder you may write to")
        return
    write_text(path, json.dumps(document, separators=(",", ":")) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text in one step; raise `BadFile` when it can't be."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise BadFile(f"{path}: can't be written: {error.strerror}") from error
