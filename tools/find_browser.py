"""Make sure there is a Chromium for the browser tests; say plainly what to do when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, one on the PATH, or the one Playwright downloaded."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    found = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def main() -> None:
    """Install a browser where that needs no questions; otherwise ask for one and go on."""
    if find_browser():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        packages = ["chromium", "fonts-noto-core", "fonts-noto-cjk"]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", *packages],
            check=False,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find_browser():
        print(
            "No Chromium was found, so browser journeys will be skipped. "
            "Install one (Debian: sudo apt-get install chromium) or set CHROMIUM to its path."
        )


if __name__ == "__main__":
    main()
