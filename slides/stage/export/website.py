"""The deck as a folder of files for any web server, or to be opened from disk."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage.deck.build import INDEX, LIVE, NOTES, PRESENTER
from slides.stage.deck.references import loaded_by, references

PICTURE = "asyncio-live.png"


def write(built: Path, target: Path, picture: Path, with_notes: bool) -> None:
    """Write the built deck without its server, and only what its pages refer to.

    `picture` is what a link to the page shows where it is shared.

    Raises Exit when a speaker note is in a page that should be without.
    """
    page = (built / INDEX).read_text(encoding="utf-8")
    page = page.replace(f" {LIVE}", "", 1)
    shared = f'<meta property="og:image" content="{PICTURE}">'
    page = page.replace("</head>", f"{shared}</head>", 1)
    presenter = (built / PRESENTER).read_text("utf-8").replace(f" {LIVE}", "", 1)
    notes = (built / NOTES).read_text("utf-8").removeprefix("const NOTES = ")
    told = "".join(json.loads(notes.removesuffix(";\n")))
    if not with_notes and (note := _note_in(page) or told):
        raise Exit(f"a speaker note is in the web page, nothing is written: {note}", 1)
    wanted = [each for each in references(page + presenter) if each.path != INDEX]
    for reference in wanted:  # grows while it is walked: a style sheet loads more
        file = target / reference.path
        if file.exists():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built / reference.path, file)
        if file.suffix == ".css":
            css = file.read_text("utf-8", errors="replace")
            wanted += [loaded for loaded, _ in loaded_by(reference, css)]
    shutil.copy(picture, target / PICTURE)
    for name, text in ((INDEX, page), (PRESENTER, presenter)):
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    (target / ".nojekyll").touch()  # GitHub Pages then serves the files as they are


def _note_in(page: str) -> str:
    """Return the text of the first note in marp's page, or "" when there is none."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return " ".join("".join(reader.texts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._depth = 0  # of <div>, within a note

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_note = "bespoke-marp-note" in (dict(attrs).get("class") or "").split()
        self._depth += tag == "div" and (is_note or self._depth > 0)

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "div" and self._depth > 0

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.texts.append(data)
