"""The npm packages of the deck, as slides/package-lock.json pins them.

After the first run nothing needs a network.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.console import console
from slides.stage import browser, node
from slides.stage.lock import lock
from slides.stage.paths import Paths

TYPESCRIPT = "typescript-dev"  # under a name of its own: others would bring it along


def install(paths: Paths, *, develop: bool = False) -> None:
    """Install the locked npm packages if they are missing or of another lock.

    A Chromium comes with them on a machine that has no browser. To `develop`, one
    comes beside an installed browser too, and TypeScript. There is one for Linux on
    x64 only. What is installed stays until all that is new is there.

    Raises Exit when npm fails, with the first line of what it said.
    """
    with lock(paths):
        locked = hashlib.sha256(paths.lock.read_bytes()).hexdigest()
        chromium = browser.PACKAGED and (develop or browser.installed() is None)
        stamp = paths.packages / ".installed"
        complete = not chromium or browser.packaged(paths) is not None
        complete &= not develop or (paths.packages / TYPESCRIPT).is_dir()
        if stamp.exists() and stamp.read_text() == locked and complete:
            return  # also where a browser has been installed since: needs no network
        what = "npm packages, Chromium included" if chromium else "npm packages"
        omitted = [] if chromium else ["--omit=optional"]
        omitted += [] if develop else ["--omit=dev"]
        with (
            console.status(f"Installing the deck's {what} (only once) …"),
            tempfile.TemporaryDirectory(
                prefix="packages-", dir=paths.build, ignore_cleanup_errors=True
            ) as folder,
        ):
            draft = Paths(Path(folder))
            draft.slides.mkdir()
            for file in paths.slides.glob("package*.json"):
                shutil.copy(file, draft.slides)
            _run_npm(draft, omitted)
            if chromium:
                browser.unpack(draft)
            (draft.packages / stamp.name).write_text(locked)
            if paths.packages.exists():
                paths.packages.rename(draft.root / "replaced")
            draft.packages.rename(paths.packages)
    console.print(f"Installed the deck's {what}.")


def _run_npm(paths: Paths, omitted: list[str]) -> None:
    done = subprocess.run(
        node.npm("ci", "--prefer-offline", "--no-fund", "--no-audit", *omitted),
        cwd=paths.slides,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = why[0] if why else f"exit code {done.returncode}"
        raise Exit(f"npm could not install the deck's packages: {said}", code=1)
