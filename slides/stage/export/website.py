"""The deck as a folder of files for any web server, or to be opened from disk."""

import shutil
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage.deck.build import INDEX, LIVE
from slides.stage.deck.references import references

PICTURE = "asyncio-live.png"


def write(built: Path, target: Path, picture: Path, secrets: Sequence[str]) -> None:
    """Write the built deck without its server, and only what its page refers to.

    `picture` is what a link to the page shows where it is shared; `secrets` are notes
    that the page must not hold.

    Raises Exit when it holds one.
    """
    page = (built / INDEX).read_text(encoding="utf-8")
    page = page.replace(f" {LIVE}", "", 1)
    shared = f'<meta property="og:image" content="{PICTURE}">'
    page = page.replace("</head>", f"{shared}</head>", 1)
    beside = _beside_the_slides(page)
    if any(_squeezed(secret) in beside for secret in secrets):
        raise Exit("a speaker note is in the web page: nothing is written", code=1)
    for reference in references(page):
        file = target / reference.path
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built / reference.path, file)
    shutil.copy(picture, target / PICTURE)
    (target / INDEX).write_text(page, encoding="utf-8", newline="\n")
    (target / ".nojekyll").touch()  # GitHub Pages then serves the files as they are


def _beside_the_slides(page: str) -> str:
    """Return the text of a page that does not stand on a slide."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return _squeezed("".join(reader.texts))


def _squeezed(text: str) -> str:
    return "".join(text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._slide = 0  # how deep we are in the <svg> of one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg" and (self._slide or ("data-marpit-svg", "") in attrs):
            self._slide += 1

    def handle_endtag(self, tag: str) -> None:
        self._slide -= tag == "svg" and self._slide > 0

    def handle_data(self, data: str) -> None:
        if not self._slide:
            self.texts.append(data)
