"""The deck as a folder of files for any web server, or to be opened from disk."""

import re
import shutil
from pathlib import Path

from slides.stage.deck.build import LIVE, SYNC

PICTURE = "asyncio-live.png"

_NOTE = re.compile(r'<div class="bespoke-marp-note".*?</div>', re.DOTALL)
_REFERENCE = re.compile(r'(?:src=|href=|url\()"?([\w./-]+)')


def write(built: Path, target: Path, picture: Path, with_notes: bool) -> None:
    """Write the built deck without its server, and only what its page refers to.

    `picture` is what a link to the page shows where it is shared.
    """
    page = (built / "index.html").read_text(encoding="utf-8")
    page = page.replace(f" {LIVE}", "", 1).replace(SYNC, "", 1)
    if not with_notes:
        page = _NOTE.sub("", page)
    shared = f'<meta property="og:image" content="{PICTURE}">'
    page = page.replace("</head>", f"{shared}</head>", 1)
    for name in sorted(set(_REFERENCE.findall(page))):
        if (built / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(built / name, target / name)
    shutil.copy(picture, target / PICTURE)
    (target / "index.html").write_text(page, encoding="utf-8", newline="\n")
    (target / ".nojekyll").touch()  # GitHub Pages then serves the files as they are
