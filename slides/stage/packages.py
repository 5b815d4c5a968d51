"""The npm packages of the deck, as slides/package-lock.json pins them.

After the first run nothing needs a network.
"""

import hashlib
import json
import math
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.commands import in_words
from demos.support.console import console
from slides.stage import browser, node
from slides.stage.drafts import clear, draft
from slides.stage.lock import lock
from slides.stage.paths import Paths

STAMP = ".installed"  # in the folder of the packages: the lock that they are of
_INSTALLED = ".package-lock.json"  # beside it, by npm: what is there
TYPESCRIPT = "typescript-dev"  # under a name of its own: others would bring it along
# npm's own patience with a network that is gone is 70 seconds, or a quarter of an hour.
_PATIENCE = ("--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000")
LONGEST = 60  # seconds that npm has where there are packages to go on with
_AT_ONCE = ("--fetch-retries=0", "--fetch-timeout=5000")
# What the page takes of them, by its folder there.
OF_THE_PAGE = {
    "fonts": (
        "@fontsource/inter/files/inter-latin-400-normal.woff2",
        "@fontsource/inter/files/inter-latin-600-normal.woff2",
        "@fontsource/inter/files/inter-latin-700-normal.woff2",
        "firacode/distr/woff2/FiraCode-Regular.woff2",
        "firacode/distr/woff2/FiraCode-Bold.woff2",
    ),
    "player": (
        "asciinema-player/dist/bundle/asciinema-player.min.js",
        "asciinema-player/dist/bundle/asciinema-player.css",
    ),
}
_MARP = "@marp-team/marp-cli/marp-cli.js"
_FAILED = "npm could not install the deck's packages"
_NUMBER = re.compile(r"npm error (code|errno) ")  # what it means comes after it
_CODE = re.compile(r"npm error code (\w+)")


def install(
    paths: Paths,
    *,
    develop: bool = False,
    given_up: Callable[[], bool] | None = None,
) -> None:
    """Install the locked npm packages if they are missing or of another lock.

    A Chromium comes with them on a machine that has no browser. To `develop`, one
    comes beside an installed browser too, and TypeScript. There is one for Linux on
    x64 only. What is installed stays until all that is new is there. `given_up` says
    whether to wait no longer while somebody else installs or builds.

    Raises Exit when npm fails, with the first line of what it said.
    """
    chromium = browser.PACKAGED and (develop or browser.installed() is None)
    if _is_complete(paths, chromium, develop):
        return  # also where a browser has been installed since: it needs no network
    with lock(paths, given_up):
        _restore(paths)
        if _is_complete(paths, chromium, develop):
            return  # somebody else was faster
        what = "npm packages, Chromium included" if chromium else "npm packages"
        omitted = [] if chromium else ["--omit=optional"]
        omitted += [] if develop else ["--omit=dev"]
        with (
            console.status(f"Installing the deck's {what} (only once) …"),
            draft(paths.build) as folder,
        ):
            new = Paths(folder)
            new.slides.mkdir()
            for file in paths.slides.glob("package*.json"):
                shutil.copy(file, new.slides)
            _run_npm(new, omitted, hurries=not develop and are_there(paths))
            if chromium:
                browser.unpack(new)
            (new.packages / STAMP).write_text(_locked(paths))
            if paths.packages.exists():
                paths.packages.rename(_replaced(paths))
            try:
                new.packages.rename(paths.packages)
            finally:
                _restore(paths)
    console.print(f"Installed the deck's {what}.")


def clear_up(paths: Paths) -> None:
    """Undo what a command that was killed has left half done."""
    clear(paths.build)
    if _replaced(paths).exists():
        with lock(paths):
            _restore(paths)


def update(paths: Paths) -> None:
    """Install what is missing; where it cannot be had, go on with what there is.

    Raises what `install` does where there are no packages at all.
    """
    try:
        install(paths)
    except (Exit, OSError) as problem:
        if not are_there(paths):
            raise
        going_on = f"{in_words(problem)}; going on with the packages of before"
        console.print(going_on, style="failed", markup=False, soft_wrap=True)


def are_there(paths: Paths) -> bool:
    """Return whether packages are installed and whole, be it those of another lock."""
    try:
        installed = json.loads((paths.packages / _INSTALLED).read_bytes())["packages"]
        files = [paths.slides / f"{name}/package.json" for name in installed]
    except (OSError, ValueError, LookupError, TypeError):
        return False  # not as npm writes it
    for name in [_MARP, *(name for some in OF_THE_PAGE.values() for name in some)]:
        file = paths.packages / name
        if any(package.parent in file.parents for package in files):
            files.append(file)
    files.append(paths.packages / STAMP)
    return all(file.is_file() and file.stat().st_size for file in files)


def _replaced(paths: Paths) -> Path:
    """Return where the packages of before are while new ones take their place."""
    return paths.build / "replaced"


def _restore(paths: Paths) -> None:
    """Put the packages of before back, or remove them where the new ones are."""
    if not _replaced(paths).exists():
        return
    if not paths.packages.exists():
        _replaced(paths).rename(paths.packages)
        return
    with draft(paths.build) as folder:
        _replaced(paths).rename(folder / "replaced")


def _is_complete(paths: Paths, chromium: bool, develop: bool) -> bool:
    return (
        are_there(paths)
        and (paths.packages / STAMP).read_bytes() == _locked(paths).encode()
        and (not chromium or browser.packaged(paths) is not None)
        and (not develop or (paths.packages / TYPESCRIPT).is_dir())
    )


def _locked(paths: Paths) -> str:
    return hashlib.sha256(paths.lock.read_bytes()).hexdigest()


def _run_npm(paths: Paths, omitted: list[str], hurries: bool) -> None:
    missing = _network_problem(paths)
    source = "--offline" if missing else "--prefer-offline"  # npm has a cache
    options = [*_PATIENCE, *(_AT_ONCE if hurries else ()), *omitted]
    command = node.npm("ci", source, "--no-fund", "--no-audit", *options)
    longest = LONGEST if hurries else math.inf
    try:
        done = node.run(command, paths.slides, patience=longest)
    except TimeoutError as error:
        raise Exit(f"{_FAILED}: {error}", code=1) from error
    if done.returncode and missing:
        once = f"there is no network ({missing}), and one is needed, once"
        raise Exit(f"{_FAILED}: {once}", code=1)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        why = [line for line in lines if not _NUMBER.match(line)]
        said = why[0] if why else f"exit code {done.returncode}"
        raise Exit(f"{_FAILED}: {said.removeprefix('npm error ')}", code=1)


def _network_problem(paths: Paths) -> str:
    """Return npm's code for what keeps it from its registry; "" when it answers."""
    done = node.run(node.npm("ping", *_AT_ONCE), paths.slides)
    code = _CODE.search(done.stderr)
    if not done.returncode or (code and re.fullmatch(r"E\d+", code[1])):
        return ""  # some registries answer that they know no ping
    return code[1] if code else f"exit code {done.returncode}"
