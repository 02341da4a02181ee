"""Make the pictures of the README from a fresh demo organisation: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402
from app.people import queries as people  # noqa: E402
from app.serve import prepare_everything  # noqa: E402
from config import read_settings  # noqa: E402
from tests.support.browser import Visitor, chromium, serving  # noqa: E402
from tests.support.client import PageClient  # noqa: E402

PICTURES = ROOT / "docs/img"
SHOTS = (
    ("home-employee", "lena", "/"),
    ("my-matrix", "lena", "/my/matrix"),
    ("team-matrix", "mara", "/matrix"),
    ("lesson", "lena", "/modules/spotting-upsell-leads/signals"),
    ("quiz", "clara", "/quizzes/helpdesk-basics/check"),
    ("booking", "mara", "/sessions/new?learner={lena}&competency=spot-upsell-lead&mode=observe"),
    ("onboarding", "hanna", "/onboarding"),
    ("home-manager", "mara", "/"),
    ("home-hr", "hanna", "/"),
)


def main() -> None:
    """Write docs/img/*.png, 1200 px wide, light."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings({"INSTANCE_DIR": folder, "DEMO": "1"}))
        with app.app_context():
            prepare_everything()
            ids = _ids()
        with serving(app) as site, chromium() as browser:
            if browser is None:
                sys.exit("No Chromium was found; set CHROMIUM to its path.")
            PICTURES.mkdir(parents=True, exist_ok=True)
            for name, who, path in SHOTS:
                visitor = Visitor(site, browser, PageClient(app, ids[who]), width=1200)
                page = visitor.open(path.format(**ids))
                if path.startswith("/quizzes/"):
                    page.locator("main form button").first.click()
                page.screenshot(path=PICTURES / f"{name}.png")
                visitor.close()
                print(f"docs/img/{name}.png")


def _ids() -> dict[str, int]:
    return {card.email.partition("@")[0]: card.person_id for card in people.list_active()}


if __name__ == "__main__":
    main()
