"""The documents: PDFs as a publisher wants them, and the slides for PowerPoint."""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfWriter
from pypdf.generic import IndirectObject

from slides.stage.deck.contents import SlideEntry

_ELEMENT_ID = re.compile(rb"\(node\d{8}\)")
TITLE_ONLY = 5  # the layout of PowerPoint's own template that has a title alone


@dataclass(frozen=True)
class Talk:
    """The slides, and what the page says of the talk; each is so many px in size."""

    slides: list[SlideEntry]
    title: str = ""
    author: str = ""
    description: str = ""
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Bookmark:
    """A line of a PDF's outline: a title, and its page from 0 on."""

    title: str
    page: int
    opens_section: bool


def outline(talk: Talk, steps: bool) -> list[Bookmark]:
    """Return the outline of the slides: those that open a section, and the others.

    With `steps` a slide has a page for each of its steps, too.
    """
    bookmarks = []
    page, section = 0, -1
    for slide in talk.slides:
        bookmarks.append(Bookmark(slide.title, page, slide.section != section))
        page += 1 + slide.steps * steps
        section = slide.section
    return bookmarks


def finish_pdf(
    drawn: Path,
    target: Path,
    talk: Talk,
    when: datetime,
    bookmarks: list[Bookmark],
) -> None:
    """Write the PDF that the browser drew with its outline and what it is about."""
    writer = PdfWriter(clone_from=io.BytesIO(_renumber(drawn.read_bytes())))
    writer.pdf_header = "%PDF-1.4"  # as Chromium writes it
    date = when.strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = {
        "/Title": talk.title,
        "/Author": talk.author,
        "/Subject": talk.description,
        "/CreationDate": date,
        "/ModDate": date,
    }
    section: IndirectObject | None = None
    for bookmark in bookmarks:
        parent = None if bookmark.opens_section else section
        item = writer.add_outline_item(
            title=bookmark.title, page_number=bookmark.page, parent=parent
        )
        if bookmark.opens_section:
            section = item
    writer.write(target)


def _renumber(pdf: bytes) -> bytes:
    """Return the PDF with its element ids counted from 0; Chromium's vary by run."""
    ids = sorted(set(_ELEMENT_ID.findall(pdf)))
    numbers = {each: b"(node%08d)" % number for number, each in enumerate(ids)}
    return _ELEMENT_ID.sub(lambda found: numbers[found[0]], pdf)


def write_pptx(pictures: list[Path], target: Path, talk: Talk, when: datetime) -> None:
    """Write a presentation of pictures, with titles to find them by, and the notes."""
    show = Presentation()
    show.slide_width, show.slide_height = (
        Inches(talk.width / 96),
        Inches(talk.height / 96),
    )
    for slide, picture in zip(talk.slides, pictures, strict=True):
        page = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
        page.shapes.title.text = slide.title
        size = (show.slide_width, show.slide_height)
        drawn = page.shapes.add_picture(str(picture), 0, 0, *size)
        drawn.element.nvPicPr.cNvPr.set("descr", slide.title)
        page.notes_slide.notes_text_frame.text = slide.notes
    about = show.core_properties
    about.title, about.author, about.subject = talk.title, talk.author, talk.description
    about.created = about.modified = when
    about.last_modified_by = talk.author
    stored = io.BytesIO()
    show.save(stored)
    with ZipFile(stored) as dated, ZipFile(target, "w") as undated:
        for name in dated.namelist():
            undated.writestr(ZipInfo(name), dated.read(name), ZIP_DEFLATED)
