"""The WSGI entry: `flask --app wsgi …` and every web server import `app` from here."""

from app import create_app

app = create_app()
