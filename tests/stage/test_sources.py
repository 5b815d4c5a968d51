"""What counts as the source of a demo: all it imports of ours, but the command line."""

from pathlib import Path

import pytest

from slides.stage.paths import Paths
from slides.stage.sources import parse, source_hash

FILES = {
    "demos/x.py": "",
    "demos/support/__init__.py": "",
    "demos/support/direct.py": "from demos.support import console\n",
    "demos/support/console.py": "",
    "demos/support/unused.py": "",
    "demos/support/commands.py": "from demos.support import catalog, plumbing\n",
    "demos/support/plumbing.py": "",
    "demos/support/catalog.py": "",
    "demos/support/room/__init__.py": "",
    "demos/support/room/table.py": "from . import chair\nfrom ..direct import x\n",
    "demos/support/room/chair.py": "",
}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Paths(tmp_path)


def counted(paths: Paths, demo: str) -> set[str]:
    """The files of demos/support that change the hash of a demo of that code."""
    (paths.demos / "x.py").write_text(demo, encoding="utf-8")
    before = source_hash(paths, "x")
    found = set()
    for file in (paths.demos / "support").rglob("*.py"):
        text = file.read_text("utf-8")
        file.write_text(f"{text}# changed\n", encoding="utf-8")
        if source_hash(paths, "x") != before:
            found.add(file.relative_to(paths.demos / "support").as_posix())
        file.write_text(text, encoding="utf-8")
    assert source_hash(paths, "x") == before
    return found


@pytest.mark.parametrize(
    "demo",
    [
        "from demos.support.room.table import x",
        "from demos.support.room import table",
        "import demos.support.room.table",
        "import demos.support.room.table as x",
        "from .support.room import table",
        "def main() -> None:\n    from demos.support.room import table",
    ],
)
def test_what_is_imported_counts_with_what_that_imports(
    paths: Paths, demo: str
) -> None:
    assert counted(paths, demo) == {
        "__init__.py",
        "console.py",
        "direct.py",
        "room/__init__.py",
        "room/table.py",
        "room/chair.py",
    }


def test_the_command_line_does_not_count_nor_what_only_it_imports(
    paths: Paths,
) -> None:
    demo = "from demos.support.commands import Flag\nfrom demos.support import console"
    assert counted(paths, demo) == {"__init__.py", "console.py"}


def test_the_demo_itself_counts(paths: Paths) -> None:
    before = source_hash(paths, "x")
    (paths.demos / "x.py").write_text("x = 1\n", encoding="utf-8")
    assert source_hash(paths, "x") != before


def test_a_half_written_demo_has_a_hash_too(paths: Paths) -> None:
    before = source_hash(paths, "x")
    (paths.demos / "x.py").write_bytes(b"def main(\xff\0")
    assert source_hash(paths, "x") != before


@pytest.mark.parametrize("source", [b"\xff", b"x = " + b"-" * 99_999, b"", None])
def test_what_is_no_python_has_nothing_in_it(
    tmp_path: Path, source: bytes | None
) -> None:
    if source is not None:
        (tmp_path / "x.py").write_bytes(source)
    assert parse(tmp_path / "x.py").body == []
