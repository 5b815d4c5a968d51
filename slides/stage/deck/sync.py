"""What `invoke sync` does: the slides' code and figures as their sources are now."""

from pathlib import Path

from slides.stage.deck import fences
from slides.stage.deck.sections import sections
from slides.stage.files import write_text
from slides.stage.paths import Paths


def sync(paths: Paths) -> list[Path]:
    """Refresh the code blocks of the section files; return those that changed."""
    changed = []
    for section in sections(paths):
        text = fences.fill(paths, section.text)
        if text != section.text:
            write_text(section.path, text)
            changed.append(section.path)
    return changed
