"""Write a migration by comparing the models with a throwaway database brought to the newest migration."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask_migrate import migrate, upgrade

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from config import read_settings


def main() -> None:
    """Write migrations/versions/DATE_NAME.py; `name` is the slug."""
    name = " ".join(sys.argv[1:]).strip()
    if not name:
        sys.exit("Say what changes: make migration name=what-changes")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings({"INSTANCE_DIR": folder}))
        with app.app_context():
            upgrade()
            migrate(message=name)


if __name__ == "__main__":
    main()
