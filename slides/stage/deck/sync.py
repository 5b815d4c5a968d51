"""What `invoke sync` does: slides, README and types as their sources are now."""

import codecs
from pathlib import Path

from demos.support.files import write_bytes, write_text
from slides.stage import packages
from slides.stage.deck import fences, readme
from slides.stage.deck.build import build
from slides.stage.deck.contents import Contents, contents
from slides.stage.deck.sections import Section, sections
from slides.stage.paths import Paths
from slides.stage.show.typedefs import typedefs

MESSAGES = Path(__file__).parents[1] / "page" / "messages.d.ts"


def sync(paths: Paths) -> list[Path]:
    """Refresh the code on the slides, the README's table, and the messages' types.

    Returns the files that changed. Raises BuildError when there is no deck to make a
    table of.
    """
    parts = sections(paths)
    sources, _ = fences.read(paths, parts)
    changed = [part.path for part in parts if _refresh_code(part, sources)]
    packages.install(paths)
    made = derived(paths, contents(build(paths)))
    return changed + [path for path, text in made.items() if _refresh(path, text)]


def derived(paths: Paths, held: Contents) -> dict[Path, str]:
    """Return how the files beside the slides should be that are made from others."""
    texts = {MESSAGES: typedefs()}
    if paths.readme.is_file():
        text = paths.readme.read_text(encoding="utf-8")
        texts[paths.readme] = readme.fill(text, held)
    return texts


def _refresh_code(section: Section, sources: dict[str, str]) -> bool:
    """Refresh the code of a section; all else of its file stays as it is written."""
    filled = fences.fill(section.text, sources)
    if filled == section.text:
        return False
    written = section.path.read_bytes()
    if b"\r\n" in written:
        filled = filled.replace("\n", "\r\n")
    mark = codecs.BOM_UTF8 if written.startswith(codecs.BOM_UTF8) else b""
    write_bytes(section.path, mark + filled.encode())
    return True


def _refresh(path: Path, text: str) -> bool:
    if is_current(path, text):
        return False
    write_text(path, text)
    return True


def is_current(path: Path, text: str) -> bool:
    """Return whether a file is there and holds this text."""
    return path.exists() and path.read_text(encoding="utf-8") == text
