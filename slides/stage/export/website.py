"""The deck as a folder of files for any web server, or to be opened from disk."""

import json
import shutil
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from invoke.exceptions import Exit

from slides.stage.deck.build import INDEX, LIVE, NOTES, OVERFLOW, PRESENTER
from slides.stage.deck.contents import in_spite
from slides.stage.deck.references import loaded_by, references

PICTURE = "asyncio-live.png"
PLAIN = ".nojekyll"  # GitHub Pages then serves the files as they are


def write(
    built: Path, target: Path, picture: Path | None = None, *, with_notes: bool
) -> None:
    """Write the built deck without its server, and only what its pages refer to.

    `picture` is what a link to the page shows where it is shared, if there is one.

    Raises Exit when a speaker note is in a page that should be without.
    """
    pages = _pages(built)
    if picture:
        address = in_spite(built)[0].url
        shared = f'<meta property="og:image" content="{escape(_beside(address))}">'
        pages[INDEX] = pages[INDEX].replace("</head>", f"{shared}</head>", 1)
    if not with_notes and (note := _note_in(pages[INDEX]) or _notes_beside(built)):
        raise Exit(f"a speaker note is in the web page, nothing is written: {note}", 1)
    for name in _loaded(built, pages):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built / name, target / name)
    if picture:
        shutil.copy(picture, target / PICTURE)
    for name, text in pages.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    (target / PLAIN).touch()


def _beside(address: str) -> str:
    """Return where the picture is of a page with an address; without, beside it."""
    if not address:
        return PICTURE
    page = urlsplit(address)._replace(query="", fragment="").geturl()
    is_folder = "." not in urlsplit(page).path.rpartition("/")[2]
    return urljoin(f"{page.rstrip('/')}/" if is_folder else page, PICTURE)


def files(built: Path) -> list[str]:
    """Return all files of the web page of the built deck."""
    pages = _pages(built)
    return [*pages, PICTURE, PLAIN, *_loaded(built, pages)]


def _loaded(built: Path, pages: dict[str, str]) -> list[str]:
    """Return what the pages of the built deck refer to, and their style sheets."""
    wanted = [each for page in pages.values() for each in references(page)]
    found: set[str] = set()
    for reference in wanted:  # grows while it is walked: a style sheet loads more
        if reference.path in found | pages.keys():
            continue
        found.add(reference.path)
        if reference.path.endswith(".css"):
            css = (built / reference.path).read_text("utf-8", errors="replace")
            wanted += [loaded for loaded, _ in loaded_by(reference, css)]
    return sorted(found)


def _pages(built: Path) -> dict[str, str]:
    """Return the pages of the built deck, by name, without what is for a server."""
    pages = {}
    for name in (INDEX, PRESENTER):
        page = (built / name).read_text(encoding="utf-8")
        pages[name] = page.replace(f" {LIVE}", "", 1)
    script = f'<script src="{OVERFLOW}"></script>'
    pages[INDEX] = pages[INDEX].replace(script, "", 1)
    return pages


def _notes_beside(built: Path) -> str:
    """Return what is in the file of the notes for the presenter's window."""
    text = (built / NOTES).read_text("utf-8")
    told = text.removeprefix("const NOTES = ").removesuffix(";\n")
    return "".join(json.loads(told))


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
