"""`invoke export`: what was made is opened and read, as those who get it would."""

import contextlib
import functools
import gzip
import hashlib
import html
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import Browser, Request
from pptx import Presentation
from pypdf import PdfReader
from pypdf.generic import Destination

from slides.stage import browser, frame
from slides.stage.deck.sections import sections
from slides.stage.export.handover import LIST
from slides.stage.recordings import read
from tests.slides.slide import MARK, split
from tests.talks import PATHS, PATIENCE, ROOT, gone, invoke

MADE = {
    "asyncio-live.pdf",
    "asyncio-live-handout.pdf",
    "asyncio-live.pptx",
    "asyncio-live.png",
    "web",
    LIST,
}
MOST_BYTES = 700_000  # of the web folder, as a server compresses it
SECTIONS = sections(PATHS)
SLIDES = [slide for section in SECTIONS for slide in split(section.text)]
STEPPED = """---
marp: true
---

## Steps

```python {1|2|all}
one = 1
two = 2
```

[A link](https://docs.python.org/3/)

<!-- Walk through it. -->
"""
WIDE = (
    "a line that is far too wide to be read on any slide, whoever may have written it"
)


def squeezed(text: str) -> str:
    """Without white space, which is laid out anew on paper."""
    return "".join(text.split())


def notes(markdown: str) -> list[str]:
    """The paragraphs of a slide's speaker notes, as they are read."""
    comments = re.findall(r"<!--(.*?)-->", markdown, re.DOTALL)
    said = "\n\n".join(each for each in comments if "_class:" not in each)
    said = MARK.sub(r"\1", said)
    return [each.strip() for each in said.split("\n\n") if each.strip()]


def title(markdown: str) -> str:
    found = re.search(r"^#+ (.+)", markdown, re.MULTILINE)
    assert found
    return re.sub(r"[*`]", "", found[1])


def outline(pdf: PdfReader) -> list[tuple[int, str, int | None]]:
    """The outline as (depth, title, page from 0 on)."""
    found: list[tuple[int, str, int | None]] = []

    def walk(items: list[Any], depth: int) -> None:
        for item in items:
            if isinstance(item, Destination):
                page = pdf.get_destination_page_number(item)
                found.append((depth, str(item.title), page))
            else:
                walk(item, depth + 1)

    walk(pdf.outline, 0)
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files, of the real deck, made where little is set up."""
    target = tmp_path_factory.mktemp("made") / "for you"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C")
        patch.delenv("TZ", raising=False)
        done = invoke(
            ROOT, "export", "--to", str(target), "--browser", str(browser_path)
        )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def pdf(made: Path) -> PdfReader:
    return PdfReader(made / "asyncio-live.pdf")


@pytest.fixture(scope="module")
def texts(pdf: PdfReader) -> list[str]:
    """The text of each page, squeezed."""
    return [squeezed(page.extract_text()) for page in pdf.pages]


@pytest.fixture(scope="module")
def handout(made: Path) -> PdfReader:
    return PdfReader(made / "asyncio-live-handout.pdf")


def test_all_is_there_and_nothing_else(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == MADE
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_the_pdf_has_a_page_for_each_slide(texts: list[str]) -> None:
    assert len(texts) == len(SLIDES)
    for text, slide in zip(texts, SLIDES, strict=True):
        assert squeezed(title(slide)) in text


def test_the_pdf_says_what_it_is(pdf: PdfReader) -> None:
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Asyncio, live"
    assert pdf.metadata.author
    assert pdf.metadata.subject
    root: Any = pdf.root_object
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]


def test_the_outline_goes_by_section_and_slide(pdf: PdfReader) -> None:
    wanted = [
        (min(index, 1), title(slide))
        for section in SECTIONS
        for index, slide in enumerate(split(section.text))
    ]
    found = outline(pdf)
    assert [(depth, name) for depth, name, _ in found] == wanted
    assert [page for _, _, page in found] == list(range(len(SLIDES)))


@pytest.mark.parametrize("name", ["asyncio-live.pdf", "asyncio-live-handout.pdf"])
def test_fonts_are_embedded(made: Path, name: str) -> None:
    for page in PdfReader(made / name).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            font = reference.get_object()
            if font["/Subtype"] == "/Type3":
                continue  # its letters are drawn in the file itself
            inner = font.get("/DescendantFonts", [font])[0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"], font["/BaseFont"]


def test_links_are_live(pdf: PdfReader) -> None:
    for page, slide in zip(pdf.pages, SLIDES, strict=True):
        shown = re.sub(r"<!--.*?-->|```.*?```", "", slide, flags=re.DOTALL)
        wanted = re.findall(r"\]\((https?://[^)]+)\)|<(https?://[^>]+)>", shown)
        annotations = [each.get_object() for each in page.get("/Annots", [])]
        found = {each["/A"]["/URI"].rstrip("/") for each in annotations}
        assert found >= {(a or b).rstrip("/") for a, b in wanted}


def test_demos_show_how_they_ended_as_text(texts: list[str]) -> None:
    shown = 0
    for text, slide in zip(texts, SLIDES, strict=True):
        for name in re.findall(r"\]\(recordings/(\w+)\.svg\)", slide):
            cast = PATHS.recordings / f"{name}.cast"
            rows = frame.screen(read(cast)).display
            lines = [row for row in rows if row.strip()]
            assert all(squeezed(line) in text for line in lines[-2:])
            shown += 1
    assert shown


def test_the_pdf_holds_no_notes(pdf: PdfReader, texts: list[str]) -> None:
    for page, text, slide in zip(pdf.pages, texts, SLIDES, strict=True):
        assert not [each for each in notes(slide) if squeezed(each) in text]
        kinds = {each.get_object()["/Subtype"] for each in page.get("/Annots", [])}
        assert kinds <= {"/Link"}


def test_the_handout_holds_every_note_beneath_its_slide(handout: PdfReader) -> None:
    text = squeezed("".join(page.extract_text() for page in handout.pages))
    position = 0
    for slide in SLIDES:
        for part in [title(slide), *notes(slide)]:
            found = text.find(squeezed(part), position)
            assert found >= 0, part
        position = found


def test_the_handout_is_for_a4(handout: PdfReader) -> None:
    for page in handout.pages:
        assert [float(side) for side in page.mediabox[2:]] == pytest.approx(
            [595, 842], abs=1
        )


def test_the_pptx_shows_the_slides_and_holds_the_notes(made: Path) -> None:
    show = Presentation(str(made / "asyncio-live.pptx"))
    assert show.core_properties.title == "Asyncio, live"
    assert len(show.slides) == len(SLIDES)
    for page, slide in zip(show.slides, SLIDES, strict=True):
        assert page.shapes.title.text == title(slide)
        *_, picture = page.shapes
        assert (picture.width, picture.height) == (show.slide_width, show.slide_height)
        assert picture.image.size == (1920, 1080)
        said = page.notes_slide.notes_text_frame.text
        assert squeezed(said) == squeezed("".join(notes(slide)))


def test_the_picture_is_a_picture(made: Path) -> None:
    head = (made / "asyncio-live.png").read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:])) == (1920, 1080)


def test_no_note_is_in_the_web_folder(made: Path) -> None:
    for path in (made / "web").rglob("*"):
        if path.suffix in {".html", ".js", ".css", ".json", ".svg"}:
            text = html.unescape(path.read_text("utf-8"))
            found = [each for slide in SLIDES for each in notes(slide) if each in text]
            assert not found, path


def test_the_web_folder_is_small_and_holds_only_what_is_used(made: Path) -> None:
    web = made / "web"
    files = {path.relative_to(web).as_posix() for path in web.rglob("*.*")}
    names = {"index.html", "presenter.html"}
    pages = "".join((web / name).read_text("utf-8") for name in names)
    assert files >= names | {"talk.js", ".nojekyll"}
    assert not [name for name in files - names - {".nojekyll"} if name not in pages]
    assert " data-live" not in pages
    size = sum(len(gzip.compress((web / name).read_bytes())) for name in files)
    assert size <= MOST_BYTES


def test_a_link_to_the_web_page_has_title_text_and_picture(made: Path) -> None:
    page = (made / "web" / "index.html").read_text("utf-8")
    about = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]+)">', page))
    assert about.keys() >= {"title", "description", "image"}
    assert (made / "web" / about["image"]).read_bytes() == (
        made / "asyncio-live.png"
    ).read_bytes()


@pytest.fixture(params=["a plain server", "disk"])
def address(made: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "disk":
        yield (made / "web" / "index.html").as_uri()
        return

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(made / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_web_page_walks_and_replays(chromium: Browser, address: str) -> None:
    page = await chromium.new_page()
    asked: list[Request] = []
    failures: list[object] = []
    page.on("request", lambda request: asked.append(request))
    page.on("requestfailed", lambda request: failures.append(request))
    page.on("pageerror", lambda error: failures.append(error))
    page.on("websocket", lambda socket: failures.append(socket))
    await page.goto(address)
    slides = page.locator("svg.bespoke-marp-slide")
    assert await slides.count() == len(SLIDES)
    demos = await page.locator("svg.terminal[data-demo]").count()
    played = 0
    for number in range(1, len(SLIDES) + 1):
        await page.evaluate("number => location.hash = number", number)
        active = page.locator("svg.bespoke-marp-active")
        await active.locator(f"section[id='{number}']").wait_for()
        if await active.locator(".stage-terminal").count():
            await page.keyboard.press("ArrowRight")
            await active.locator(".stage-bar .REC").wait_for()
            await active.locator(".stage-screen .ap-line").first.wait_for()
            played += 1
    assert played == demos > 0
    assert not failures
    here = address.removesuffix("index.html")
    assert [
        each.url for each in asked if not each.url.startswith((here, "data:"))
    ] == []
    await page.close()


def test_each_step_gets_its_page(fit: Path, browser_path: Path) -> None:
    (fit / "slides" / "20-steps.md").write_text(STEPPED, encoding="utf-8")
    wanted = ("--only", "pdf", "--steps", "--browser", str(browser_path))
    done = invoke(fit, "export", *wanted, "--to", "out")
    assert done.returncode == 0, done.stderr
    assert "No browser is installed" not in done.stdout  # one was chosen
    assert {path.name for path in (fit / "out").iterdir()} == {LIST, "asyncio-live.pdf"}
    pdf = PdfReader(fit / "out" / "asyncio-live.pdf")
    assert len(pdf.pages) == 6 + 4  # it begins with all lit
    drawn = [page.get_contents().get_data() for page in pdf.pages[6:]]  # type: ignore[union-attr]
    assert len(set(drawn)) == 4
    assert ["Steps" in page.extract_text() for page in pdf.pages] == [False] * 6 + [
        True
    ] * 4
    assert [(name, page) for _, name, page in outline(pdf)][-2:] == [
        ("Last", 5),
        ("Steps", 6),
    ]


def test_the_same_deck_gives_the_same_files_and_leaves_the_rest(
    fit: Path, browser_path: Path
) -> None:
    before = digests(fit / "slides")
    wanted = ["--only", "pdf,handout,web", "--with-notes", "--theme", "light"]
    wanted += ["--browser", str(browser_path)]
    (fit / "out" / "web").mkdir(parents=True)
    (fit / "out" / "web" / "CNAME").write_text("mine")
    made = []
    for _ in range(2):
        done = invoke(fit, "export", *wanted, "--to", "out")
        assert done.returncode == 0, done.stderr
        made.append(digests(fit / "out"))
    assert made[0] == made[1]
    assert "web/CNAME" in made[0]
    assert digests(fit / "slides") == before
    page = (fit / "out" / "web" / "index.html").read_text("utf-8")
    assert "Say hello." in page
    assert page.count(' data-color-scheme="light"') == page.count("<section id=") == 6


def created(folder: Path) -> float:
    """When the PDF in `folder` says that it was made, in seconds of the epoch."""
    information = PdfReader(folder / "asyncio-live.pdf").metadata
    assert information is not None
    assert information.creation_date is not None
    return information.creation_date.timestamp()


def test_the_date_is_that_of_the_slides_and_not_of_today(fit: Path) -> None:
    for path in fit.glob("slides/*.md"):
        os.utime(path, (10**9, 10**9))
    invoke(fit, "export", "--only", "pdf", "--to", "out").check_returncode()
    assert created(fit / "out") == 10**9


@pytest.mark.skipif(shutil.which("git") is None, reason="a repository needs git")
def test_the_date_is_that_of_the_commit(
    fit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A speaker")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "speaker@example.org")
        monkeypatch.setenv(f"GIT_{name}_DATE", "@1234567890 +0100")
    for command in ("init", "add slides/10-more.md", "commit --message Talk"):
        subprocess.run(["git", *command.split()], cwd=fit, check=True)
    invoke(fit, "export", "--only", "pdf", "--to", "out").check_returncode()
    assert created(fit / "out") == 1234567890


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("![x](diagrams/gone.svg)", "there is no diagrams/gone.svg"),
        ("![invoke demo.x](recordings/x.svg)", "there is no recordings/x.svg"),
        ("![x](https://example.org/x.png)", "https://example.org/x.png is remote"),
        ("<!-- _backgroundImage: url(//cdn.test/x) -->", "//cdn.test/x is remote"),
        (f"## {WIDE * 9}", "outside its slide"),
        (f"```text\n{WIDE}\n```", f"{WIDE!r} is "),
        ("```text\n" + "long\n" * 30 + "last\n```", "'last' is "),
    ],
)
def test_a_deck_not_fit_to_publish(fit: Path, line: str, problem: str) -> None:
    section = fit / "slides" / "20-odd.md"
    section.write_text(f"---\nmarp: true\n---\n\n{line}\n", encoding="utf-8")
    refused = invoke(fit, "export", "--to", "out")
    assert refused.returncode == 1
    assert refused.stderr.startswith("slides/20-odd.md:5: ")
    assert problem in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (fit / "out").exists()
    assert not list(fit.glob(".build/draft-*"))


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (("--only", "pdf,odp"), "--only takes some of pdf,handout,pptx,web,image"),
        (("--theme", "blue"), "--theme is dark or light, not 'blue'"),
        (("--browser", "no/such/browser"), "--browser names no file: no/such/browser"),
    ],
)
def test_bad_flags(talk: Path, flags: tuple[str, ...], problem: str) -> None:
    refused = invoke(talk, "export", "--to", "out", *flags)
    assert refused.returncode == 2
    assert refused.stderr.startswith(problem)
    assert refused.stderr.count("\n") == 1
    assert not (talk / "out").exists()


def test_a_chrome_path_that_names_nothing(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROME_PATH", "/no/such/chrome")
    refused = invoke(talk, "export")
    assert refused.returncode == 2
    assert refused.stderr.startswith("CHROME_PATH names no file: /no/such/chrome")


def test_a_browser_that_is_none(talk: Path) -> None:
    refused = invoke(talk, "export", "--browser", "tasks.py", "--only", "web,pptx")
    assert refused.returncode == 1
    assert refused.stderr.startswith("tasks.py could not draw: ")
    left = "tasks.py EACCES; missing: the picture of web, asyncio-live.pptx\n"
    assert refused.stderr.endswith(left)
    assert refused.stderr.count("\n") == 1
    # What needs no browser is there.
    assert {path.name for path in (talk / "dist").iterdir()} == {LIST, "web"}
    assert "og:image" not in (talk / "dist" / "web" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("delay", "code"),
    [
        ("new Promise(() => {})", 1),
        ("page.evaluate(() => { while (performance.now() < 3000); })", 0),
    ],
    ids=["it hangs", "it works"],
)
def test_it_waits_for_as_long_as_the_browser_works(
    fit: Path, browser_path: Path, delay: str, code: int
) -> None:
    export = fit / "slides" / "stage" / "export"
    for file, old, new in (
        ("export.py", "PATIENCE = 60", "PATIENCE = 0.5"),
        ("draw.mjs", "  await page.bringToFront()\n", f"  await {delay}\n"),
    ):
        text = (export / file).read_text("utf-8")
        assert old in text
        (export / file).write_text(text.replace(old, new), encoding="utf-8")
    wanted = ("--only", "image,handout", "--browser", str(browser_path))
    done = invoke(fit, "export", "--to", "out", *wanted)
    made = {LIST, "asyncio-live-handout.pdf", "asyncio-live.png"}
    said = ""
    if code:
        made.remove("asyncio-live.png")
        why = "nothing has moved for 0.5 s; missing: asyncio-live.png"
        said = f"{browser_path} could not draw: {why}\n"
    assert (done.returncode, done.stderr) == (code, said)
    assert {path.name for path in (fit / "out").iterdir()} == made


def test_a_page_in_the_background_is_not_photographed(
    fit: Path, browser_path: Path
) -> None:
    if browser_path == browser.packaged(PATHS):
        pytest.skip("to the headless shell from npm every page is in front")
    script = fit / "slides" / "stage" / "export" / "draw.mjs"
    text = script.read_text("utf-8")
    line = "  await page.bringToFront()\n"
    assert line in text
    behind = f"{line}  await page.browser().newPage()\n"
    script.write_text(text.replace(line, behind), encoding="utf-8")
    wanted = ("--only", "image", "--browser", str(browser_path))
    refused = invoke(fit, "export", "--to", "out", *wanted)
    assert refused.returncode == 1
    assert "could not draw: slide 1 is not in front" in refused.stderr
    assert not (fit / "out").exists()


def read_terminal(terminal: int) -> str:
    """What is shown on a pseudo-terminal until its other end is closed."""
    shown = b""
    with contextlib.suppress(OSError):  # so Linux says that it is
        while chunk := os.read(terminal, 65_536):
            shown += chunk
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_it_says_how_far_it_is(fit: Path, browser_path: Path) -> None:
    words = [sys.executable, "-m", "invoke", "export", "--to", "out"]
    ours, its = os.openpty()
    with subprocess.Popen(
        [*words, "--only", "handout,pptx", "--browser", str(browser_path)],
        cwd=fit,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
    ) as export:
        os.close(its)
        try:
            shown = read_terminal(ours)
            assert export.wait(PATIENCE) == 0
        finally:
            export.kill()
            os.close(ours)
    said = re.findall(r"Drawing pages and pictures … (\d+) of 7", shown)
    done = [int(number) for number in said]
    assert done == sorted(done)
    assert len({*done}) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_end_on_the_way_leaves_nothing(
    fit: Path, browser_path: Path, number: int
) -> None:
    before = {path.name for path in fit.iterdir()}
    words = [sys.executable, "-m", "invoke", "export", "--to", "out"]
    with subprocess.Popen(
        [*words, "--browser", str(browser_path)],
        cwd=fit,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as export:
        try:
            end = time.monotonic() + PATIENCE
            while not list(fit.glob(".build/draft-*/drawings/browser-*/*")):
                assert export.poll() is None
                assert time.monotonic() < end, "no browser has started"
            started = psutil.Process(export.pid).children(recursive=True)
            export.send_signal(number)
            output, _ = export.communicate(timeout=PATIENCE)
        finally:
            export.kill()
    assert "Traceback" not in output
    assert len(started) > 1
    assert all(gone(process.pid) for process in started)
    assert {path.name for path in fit.iterdir()} == before
    if number == signal.SIGINT:  # else the next one clears it
        assert export.returncode == 130
        assert not list(fit.glob(".build/draft-*"))


@pytest.mark.parametrize(
    ("to", "code", "problem"),
    [
        ("tasks.py", 2, "--to takes a folder, which "),
        ("link", 2, "--to takes a folder, which "),
        ("tasks.py/out", 1, "cannot write to "),
    ],
)
def test_a_target_that_is_no_folder(
    talk: Path, to: str, code: int, problem: str
) -> None:
    (talk / "link").symlink_to("nowhere")
    refused = invoke(talk, "export", "--to", to)
    assert refused.returncode == code
    assert refused.stderr.startswith(problem)
    assert refused.stderr.count("\n") == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """What gives a disk of a size, where we may mount one."""
    folder = tmp_path / "small disk"
    folder.mkdir()

    def mount(size: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if not shutil.which("mount") or subprocess.run(command).returncode:
            pytest.skip("only root may mount a small disk")
        return folder

    yield mount
    subprocess.run(["umount", str(folder)])


@pytest.mark.parametrize("size", ["64k", "3m"])  # for the deck, for a browser
def test_a_full_disk_is_named_and_gets_its_room_back(
    fit: Path, small_disk: Callable[[str], Path], size: str
) -> None:
    disk = small_disk(size)
    refused = invoke(fit, "export", "--to", str(disk / "out"))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"export: the disk is full, with {disk}/draft-")
    assert refused.stderr.count("\n") == 1
    assert list(disk.iterdir()) == []


def test_a_web_folder_of_somebody_else_stays(talk: Path) -> None:
    site = talk / "out" / "web" / "index.html"
    site.parent.mkdir(parents=True)
    site.write_text("mine")
    refused = invoke(talk, "export", "--to", "out")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{site} is not in the list of what ")
    assert refused.stderr.count("\n") == 1
    assert site.read_text() == "mine"
    assert [*(talk / "out").iterdir()] == [site.parent]


def test_a_file_of_somebody_else_is_named_before_all_is_drawn(fit: Path) -> None:
    (fit / "out" / "web").mkdir(parents=True)
    own = fit / "out" / "web" / "talk.js"
    own.write_text("mine")
    script = fit / "slides" / "stage" / "export" / "draw.mjs"
    script.write_text("import fs from 'node:fs'\nfs.writeFileSync('drawn', '')\n")
    refused = invoke(fit, "export", "--to", "out")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{own} is not in the list of what ")
    assert not (fit / "drawn").exists()
