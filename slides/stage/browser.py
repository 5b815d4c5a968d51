"""The browsers to drive: this machine's own, and the Chromium from npm, unpacked."""

import os
import platform
import shutil
import sys
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.flags import UsageError
from slides.stage import node
from slides.stage.drafts import draft
from slides.stage.paths import Paths

PACKAGED = (sys.platform, platform.machine()) == ("linux", "x86_64")  # npm has one

_INSTALLED = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Without fonts of its own no page with text could be drawn on a bare machine.
_FONTS = """\
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
# Only the browser may see these libraries, so it starts through a script.
_START = """\
#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/al2023/lib" FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium" --no-sandbox --disable-gpu "$@"
"""


def find(paths: Paths, chosen: str | None = None) -> Path | None:
    """Return the Chrome, Chromium or Edge to drive, or None where there is none.

    The chosen one comes first, by --browser or $CHROME_PATH; then an installed browser;
    then the one from npm.

    Raises UsageError when the chosen one is no file.
    """
    if path := chosen or os.environ.get("CHROME_PATH"):
        if not Path(path).is_file():
            name = "--browser" if chosen else "CHROME_PATH"
            raise UsageError(f"{name} names no file: {path}")
        return Path(path)
    return installed() or packaged(paths)


def installed() -> Path | None:
    """Return the Chrome, Chromium or Edge of this machine, if it has one."""
    return next(
        (Path(path) for name in _INSTALLED if (path := shutil.which(name))), None
    )


def packaged(paths: Paths) -> Path | None:
    """Return the Chromium from npm, if it is unpacked."""
    start = paths.chromium / "chrome"
    return start if start.exists() else None


def unpack(paths: Paths) -> None:
    """Unpack the Chromium of @sparticuz/chromium, whole or not at all.

    Its libraries and fonts come with it. Raises Exit with what Node said when it fails.
    """
    script = 'import c from "@sparticuz/chromium"; await c.executablePath()'
    with draft(paths.packages) as folder:
        new = folder / "new"
        new.mkdir()
        # AWS… makes the package unpack the libraries that a bare machine lacks, too.
        lambda_ = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "TMPDIR": str(new)}
        command = [str(node.NODE), "--input-type=module", "--eval", script]
        done = node.run(command, paths.slides, lambda_)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if "Error" in line]
            why = errors[0] if errors else f"exit code {done.returncode}"
            raise Exit(f"npm's Chromium could not be unpacked: {why}", code=1)
        (new / "fonts" / "fonts.conf").write_text(_FONTS)
        start = new / "chrome"
        start.write_text(_START)
        start.chmod(0o755)
        if paths.chromium.exists():
            paths.chromium.rename(folder / "replaced")
        new.rename(paths.chromium)
