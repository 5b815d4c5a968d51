"""Node.js, and its commands, without Node.js being installed."""

import errno
import json
import subprocess

import pytest

from slides.stage import node
from tests.talks import PATHS


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd=PATHS.slides,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def test_our_node_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    script = "console.log(require('child_process').execSync('node -p process.execPath')"
    asked = run(str(node.NODE), "--eval", f"{script}.toString().trim())")
    assert asked.stderr == ""
    assert node.NODE.samefile(asked.stdout.strip())


def test_a_full_disk_is_what_the_system_says_of_it() -> None:
    script = "throw new Error('ENOSPC: no space left on device, write')"
    with pytest.raises(OSError) as caught:
        node.run([str(node.NODE), "--eval", script], PATHS.slides)
    assert caught.value.errno == errno.ENOSPC


def test_npx_runs_what_is_locked(packages: None) -> None:
    package = PATHS.packages / "@marp-team" / "marp-cli" / "package.json"
    version = json.loads(package.read_text("utf-8"))["version"]
    shown = run(*node.npx("marp", "--version"))
    assert shown.stdout.startswith(f"@marp-team/marp-cli v{version} ")
