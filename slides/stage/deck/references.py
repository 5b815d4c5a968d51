"""What a page needs: the files that it loads, found in the page as it was rendered."""

import posixpath
import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote

_LOADS = {"src", "href", "xlink:href", "poster", "data", "background"}
_CSS = re.compile(
    r"""(?<!@namespace\ )(?:@import\s+(?:url\(\s*)?|url\(\s*)
        (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'()]+))""",
    re.VERBOSE,
)
_NONE = re.compile(r"(?:data|blob|about|javascript|mailto):|#|$", re.IGNORECASE)
_REMOTE = re.compile(r"[a-z][\w+.-]*:|//", re.IGNORECASE)


class Reference(NamedTuple):
    """An address that a page loads, and the slide (from 1; 0: none) that wants it."""

    url: str
    slide: int

    @property
    def is_remote(self) -> bool:
        """Whether a network would be needed."""
        return bool(_REMOTE.match(self.url))

    @property
    def path(self) -> str:
        """The file that a local address names, relative to the page."""
        return unquote(re.split(r"[?#]", self.url)[0])


def references(page: str) -> list[Reference]:
    """Return all that a page loads: pictures, backgrounds, films, styles, scripts."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return list(dict.fromkeys(reader.found))


def loaded_by(reference: Reference, css: str) -> list[tuple[Reference, int]]:
    """Return what the style sheet `css` loads that a page loads by `reference`.

    Each comes with the line of the style sheet that wants it.
    """
    folder = posixpath.dirname(reference.url)
    found = []
    for match in _CSS.finditer(css):
        url = "".join(match.groups(""))
        if not _NONE.match(url):
            if not _REMOTE.match(url):
                url = posixpath.normpath(posixpath.join(folder, url))
            line = css.count("\n", 0, match.start()) + 1
            found.append((Reference(url, reference.slide), line))
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Reference] = []
        self._slide = 0
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._slide += "data-marpit-svg" in given
        self._in_style = tag == "style"
        self._add(*_in_css(given.get("style", "")))
        for part in given.get("srcset", "").split(","):
            self._add(*part.split()[:1])
        if tag not in ("a", "area") and given.get("rel") != "canonical":
            self._add(*(given[name] for name in _LOADS & given.keys()))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._add(*_in_css(data))

    def _add(self, *urls: str) -> None:
        for url in map(str.strip, urls):
            if not _NONE.match(url):
                self.found.append(Reference(url, self._slide))


def _in_css(css: str) -> list[str]:
    """Return the addresses that a style sheet, or a style, loads."""
    return ["".join(found.groups("")) for found in _CSS.finditer(css)]
