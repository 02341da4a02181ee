"""Where the log goes and in which form: lines for people, or one JSON object per line for machines."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"


class _Standard(logging.StreamHandler):
    """Write to whatever standard error is now: test runners and servers replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up(*, as_json: bool) -> None:
    """Log to standard error, INFO and above; setting it up again replaces the form, not the place."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler = next((each for each in root.handlers if each.get_name() == "tandem"), None)
    if handler is None:
        handler = _Standard()
        handler.set_name("tandem")
        root.addHandler(handler)
    handler.setFormatter(formatter(as_json=as_json))


def formatter(*, as_json: bool) -> logging.Formatter:
    """Return the form of a log line; JSON has `time`, `level`, `logger`, `message` and `exc_info`."""
    if not as_json:
        return logging.Formatter(PLAIN)
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    return JsonFormatter(FIELDS, rename_fields=names, json_ensure_ascii=False)
