"""A scratch project with demos of its own."""

import shutil
from pathlib import Path

import pytest

from demos.support import catalog

TASKS = """
import sys
from invoke.collection import Collection
from demos.support.catalog import tasks
namespace = Collection(Collection("demo", *tasks(sys.argv)))
"""

COPY_FILES = '''
"""Copy files, slowly.

And more about it.
"""
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated
from demos.support.catalog import run
from demos.support.console import console
from demos.support.flags import Flag

print("copy_files is imported")

def main(
    max_files: Annotated[int, Flag("how many", 1, 10)] = 4,
    to: Annotated[str | None, Flag("folder")] = None,
) -> None:
    """Copy."""
    match to:
        case "broken":
            raise ValueError("it broke")
        case "parent":
            print("running", flush=True)
            asyncio.run(asyncio.sleep(60))
        case "thread":  # which nobody can cancel, while the cursor is hidden
            console.show_cursor(False)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(time.sleep, 600)
                print("running", flush=True)
    print(f"{max_files} copied")

if __name__ == "__main__":
    run(__file__)
'''

BROKEN = {
    "broken_import": "import nothing_like_this",
    "broken_syntax": "def main(:",
    "broken_bytes": "\0",
    "broken_flags": "def main(count: int = 3) -> None: ...",
    "broken_exit": "raise SystemExit(3)",
    "broken_empty": "",
    "broken_off": "raise KeyboardInterrupt",
    "broken_endless": "import time; print('running'); time.sleep(600)",
}


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a scratch project with one demo that works and some that do not."""
    folder = tmp_path_factory.mktemp("a talk")
    support = Path(catalog.__file__).parent
    pruned = shutil.ignore_patterns("__pycache__")
    shutil.copytree(support, folder / "demos" / "support", ignore=pruned)
    (folder / "tasks.py").write_text(TASKS, encoding="utf-8")
    demos = {"copy_files": COPY_FILES.lstrip()} | BROKEN
    for slug, source in demos.items():
        (folder / "demos" / f"{slug}.py").write_text(source, encoding="utf-8")
    return folder
