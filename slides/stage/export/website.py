"""The deck as a folder of files for any web server, or to be opened from disk."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage.deck.build import INDEX, LIVE, OVERFLOW
from slides.stage.deck.references import loaded_by, references

PICTURE = "asyncio-live.png"
PLAIN = ".nojekyll"  # GitHub Pages then serves the files as they are


def write(
    built: Path, target: Path, picture: Path | None = None, *, with_notes: bool
) -> None:
    """Write the built deck without its server, and only what its page refers to.

    `picture` is what a link to the page shows where it is shared, if there is one.

    Raises Exit when a speaker note is in a page that should be without.
    """
    page = _page(built)
    if picture:
        shared = f'<meta property="og:image" content="{PICTURE}">'
        page = page.replace("</head>", f"{shared}</head>", 1)
    if not with_notes and (note := _note_in(page)):
        raise Exit(f"a speaker note is in the web page, nothing is written: {note}", 1)
    for name in _loaded(built):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built / name, target / name)
    if picture:
        shutil.copy(picture, target / PICTURE)
    (target / INDEX).write_text(page, encoding="utf-8", newline="\n")
    (target / PLAIN).touch()


def files(built: Path) -> list[str]:
    """Return all files of the web page of the built deck."""
    return [INDEX, PICTURE, PLAIN, *_loaded(built)]


def _loaded(built: Path) -> list[str]:
    """Return what the page of the built deck refers to, and its style sheets."""
    wanted = references(_page(built))
    found: set[str] = set()
    for reference in wanted:  # grows while it is walked: a style sheet loads more
        if reference.path in found:
            continue
        found.add(reference.path)
        if reference.path.endswith(".css"):
            css = (built / reference.path).read_text("utf-8", errors="replace")
            wanted += [loaded for loaded, _ in loaded_by(reference, css)]
    return sorted(found)


def _page(built: Path) -> str:
    """Return the page of the built deck without what is for a server."""
    page = (built / INDEX).read_text(encoding="utf-8")
    page = page.replace(f" {LIVE}", "", 1)
    return page.replace(f'<script src="{OVERFLOW}"></script>', "", 1)


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
