"""The WSGI entry: `flask --app wsgi …` and every web server import `app` from here."""

import gc

from app import create_app
from config import UnsafeSettings, read_settings

try:
    settings = read_settings()
except (UnsafeSettings, ValueError) as refusal:
    raise SystemExit(f"Tandem does not start. {refusal}") from None

app = create_app(settings)
gc.freeze()  # what a server is made of stays: the collector need not look at it again and again
