"""What `invoke sync` does: slides and README as their sources are now."""

from pathlib import Path

from slides.stage.deck import fences, readme
from slides.stage.deck.sections import sections
from slides.stage.files import write_text
from slides.stage.paths import Paths


def sync(paths: Paths) -> list[Path]:
    """Refresh the code blocks of the section files, and the README's table.

    Returns the files that changed.
    """
    parts = sections(paths)
    texts = [(part.path, part.text, fences.fill(paths, part.text)) for part in parts]
    if paths.readme.is_file():
        text = paths.readme.read_text(encoding="utf-8")
        texts.append((paths.readme, text, readme.fill(text, parts)))
    changed = []
    for path, old, new in texts:
        if new != old:
            write_text(path, new)
            changed.append(path)
    return changed
