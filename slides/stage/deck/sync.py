"""What `invoke sync` does: slides, README and types as their sources are now."""

from collections.abc import Sequence
from pathlib import Path

from slides.stage.deck import fences, readme
from slides.stage.deck.sections import Section, sections
from slides.stage.files import write_text
from slides.stage.paths import Paths
from slides.stage.show.typedefs import typedefs

MESSAGES = Path(__file__).parents[1] / "page" / "messages.d.ts"


def sync(paths: Paths) -> list[Path]:
    """Refresh the code on the slides, the README's table, and the messages' types.

    Returns the files that changed.
    """
    parts = sections(paths)
    texts = {part.path: fences.fill(paths, part.text) for part in parts}
    return [
        path
        for path, text in (texts | derived(paths, parts)).items()
        if _refresh(path, text)
    ]


def derived(paths: Paths, parts: Sequence[Section]) -> dict[Path, str]:
    """Return how the files beside the slides should be that are made from others."""
    texts = {MESSAGES: typedefs()}
    if paths.readme.is_file():
        text = paths.readme.read_text(encoding="utf-8")
        texts[paths.readme] = readme.fill(text, parts)
    return texts


def _refresh(path: Path, text: str) -> bool:
    if path.read_text(encoding="utf-8") == text:
        return False
    write_text(path, text)
    return True
