"""Demos as attendees change them: a copy of the file, some of its text replaced."""

import importlib.util
from pathlib import Path
from types import ModuleType

from demos.support.console import console
from tests.talks import PATHS


def changed(slug: str, folder: Path, replaced: dict[str, str]) -> ModuleType:
    """Return a copy of a demo as a module; its text is `replaced`, key by value."""
    source = (PATHS.demos / f"{slug}.py").read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    copy = folder / f"{slug}.py"
    copy.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"changed_{slug}", copy)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def last_picture(demo: ModuleType) -> tuple[list[str], str]:
    """Run a demo; return the lines of its last picture, and its lesson."""
    with console.capture() as captured:
        lesson = demo.main(pace=0.0)
    return captured.get().splitlines(), lesson
