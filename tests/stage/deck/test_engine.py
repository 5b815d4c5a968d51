"""The Marp engine, run through the real marp and looked at in a browser; the theme."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from slides.stage import node
from slides.stage.browser import find
from slides.stage.deck.build import STAGE
from slides.stage.deck.contents import FILE
from tests.talks import PATHS

MARP = PATHS.packages / "@marp-team" / "marp-cli" / "marp-cli.js"
THEME = PATHS.theme.read_text("utf-8")
STEPS = """\
```python {1|2-3|1,4|all} demos/x.py::y
a = 1
b = '''one
string'''
c = 3
```
"""
THEMED = '<path fill="var(--ink)"/>'  # it makes a picture part of the page

pytestmark = pytest.mark.usefixtures("packages")


def marp(
    folder: Path, body: str, *options: str, scheme: str = "dark"
) -> "subprocess.CompletedProcess[str]":
    text = f"---\ntheme: asyncio-live\n---\n\n## A slide\n\n{body}\n"
    order = {
        "sections": [{"file": "deck.md", "text": text}],
        "sources": {},
        "pictures": str(folder),
        "colorScheme": scheme,
        "notes": True,
        "output": str(folder / FILE),
    }
    (folder / "order.md").write_text(json.dumps(order), encoding="utf-8")
    command = [str(node.NODE), str(MARP), "--no-stdin", "--output", "index.html"]
    command += ["--engine", str(STAGE / "deck" / "engine.mjs")]
    command += ["--theme-set", str(PATHS.theme)]
    return subprocess.run(
        [*command, *options, "--", "order.md"],
        cwd=folder,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def html(folder: Path, body: str, *options: str, scheme: str = "dark") -> str:
    done = marp(folder, body, *options, scheme=scheme)
    assert done.returncode == 0, done.stderr
    return (folder / "index.html").read_text("utf-8")


def refusal(folder: Path, body: str) -> str:
    done = marp(folder, body)
    assert done.returncode == 1
    assert not (folder / "index.html").exists()
    (problem,) = json.loads((folder / FILE).read_bytes())["problems"]
    return str(problem)


def picture(folder: Path, name: str, inside: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    path.write_text(f'<?xml version="1.0"?>\n<!-- drawn -->\n{svg}\n', "utf-8")


@pytest.fixture(scope="module")
def browser(packages: None) -> Iterator[Browser]:
    if not (path := find(PATHS)):
        pytest.skip("no browser on this machine")
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node.NODE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    yield page
    page.close()


def test_a_picture_becomes_part_of_the_page(tmp_path: Path) -> None:
    picture(tmp_path, "diagrams/a b.svg", f"{THEMED}<text>two → three</text>")
    page = html(tmp_path, '![Two "and" three](<diagrams/a b.svg>)')
    assert "<img" not in page
    assert "<text>two → three</text>" in page
    assert 'role="img" aria-label="Two &quot;and&quot; three"' in page
    assert "<?xml" not in page
    assert 'class="terminal"' not in page


@pytest.mark.parametrize(
    ("command", "demo"),
    [
        ("invoke demo.tiny-event-loop", "tiny_event_loop"),
        ("invoke demo.tiny-event-loop --a --to-b", "tiny_event_loop-a-to_b"),
    ],
)
def test_the_picture_of_a_demo_is_its_terminal(
    tmp_path: Path, command: str, demo: str
) -> None:
    picture(tmp_path, f"recordings/{demo}.svg", "<text>$</text>")
    page = html(tmp_path, f"![{command}](recordings/{demo}.svg)")
    assert f'aria-label="{command}" class="terminal" data-demo="{demo}"' in page
    (slide,) = json.loads((tmp_path / FILE).read_bytes())["slides"]
    assert slide["demo"] == demo


@pytest.mark.parametrize("flags", ["--ticks 5", "--ticks=5", "and more", "-t"])
def test_a_demo_on_a_slide_has_flags_without_values_only(
    tmp_path: Path, flags: str
) -> None:
    picture(tmp_path, "a.svg", "<text>$</text>")
    said = refusal(tmp_path, f"![invoke demo.a {flags}](a.svg)")
    refused = "the flags of a demo on a slide take no value"
    assert said == f"deck.md:7: invoke demo.a {flags}: {refused}"


def test_pictures_keep_their_ids_and_styles_to_themselves(
    tmp_path: Path, page: Page
) -> None:
    for name, colour in ("a", "rgb(1, 0, 0)"), ("b", "rgb(2, 0, 0)"):
        style = f"<style>text {{ fill: {colour} }}</style>"
        mark = '<marker id="tip"/><path marker-end="url(#tip)"/>'
        picture(tmp_path, f"{name}.svg", f"{style}{mark}{THEMED}<text>{name}</text>")
    made = html(tmp_path, "![first](a.svg)\n\n![second](b.svg)")
    assert re.findall(r'id="(picture-\d-tip)"', made) == [
        "picture-1-tip",
        "picture-2-tip",
    ]
    assert re.findall(r"url\(#(.+?)\)", made) == ["picture-1-tip", "picture-2-tip"]
    page.goto((tmp_path / "index.html").as_uri())
    fills = "texts => texts.map(text => getComputedStyle(text).fill)"
    drawn = page.locator("section text").evaluate_all(fills)
    assert drawn == ["rgb(1, 0, 0)", "rgb(2, 0, 0)"]


def test_a_picture_that_asks_for_nothing_stays_one(tmp_path: Path) -> None:
    style = "<style>svg { --own: red } path { fill: var(--own) }</style>"
    picture(tmp_path, "a.svg", f"{style}<text>alone</text>")
    page = html(tmp_path, "![w:40 x](a.svg)")
    assert '<img src="a.svg" alt="x" style="width:40px;" />' in page
    assert "alone" not in page


def test_a_background_stays_what_marp_makes_of_it(tmp_path: Path) -> None:
    picture(tmp_path, "a.svg", "<text>behind</text>")
    assert "behind" not in html(tmp_path, "![bg](a.svg)")


@pytest.mark.parametrize("target", ["../out.svg", "%2e%2e/out.svg", "/out.svg"])
def test_no_picture_from_outside_the_folder(tmp_path: Path, target: str) -> None:
    picture(tmp_path, "out.svg", "")
    folder = tmp_path / "deck"
    folder.mkdir()
    said = refusal(folder, f"![x]({target})")
    assert said == f"deck.md:7: picture {target} is outside the deck's folder"


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "diagrams").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "diagrams" / "none.svg")  # to read it would never end
    said = refusal(tmp_path, "Two lines and\n![x](diagrams/none.svg)")
    assert said == "deck.md:8: there is no diagrams/none.svg"


def test_a_missing_recording_says_how_it_is_made(tmp_path: Path) -> None:
    marp(tmp_path, "![invoke demo.a-b --c](recordings/a_b-c.svg)").check_returncode()
    told = json.loads((tmp_path / FILE).read_bytes())
    assert told["damaged"] == [
        "deck.md:7: there is no recordings/a_b-c.svg: invoke record --demo a_b-c"
    ]
    assert 'data-demo="a_b-c"' in (tmp_path / "index.html").read_text("utf-8")


def test_a_picture_without_an_svg_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.svg").write_text("not yet drawn")
    said = refusal(tmp_path, "![x](text.svg)")
    assert said == "deck.md:7: picture text.svg holds no <svg>"


@pytest.mark.parametrize("step", ["0", "2-5", "3-2", "1,all", ""])
def test_an_unknown_step_is_named(tmp_path: Path, step: str) -> None:
    said = refusal(tmp_path, STEPS.replace("2-3", step))
    assert said == (
        f'deck.md:7: step "{step}": name lines from 1 to 4 as 3, 3-5 or 1,3-5, or all'
    )


@pytest.mark.parametrize("word", ["{lines:true}", "{one}", "{}", 'title="{1|2}"'])
def test_other_words_are_no_steps(tmp_path: Path, word: str) -> None:
    assert 'class="step"' not in html(tmp_path, f"```python {word}\na = 1\n```")


def test_code_without_steps_has_none(tmp_path: Path) -> None:
    assert 'class="step"' not in html(tmp_path, "```python demos/x.py::y\na = 1\n```")


def test_next_walks_the_steps_and_then_the_slides(tmp_path: Path, page: Page) -> None:
    html(tmp_path, f"{STEPS}\n---\n\n## Another")
    page.goto((tmp_path / "index.html").as_uri())
    steps = page.locator("section .step")
    assert steps.count() == 4

    def seen() -> list[bool]:
        return [step.is_visible() for step in steps.all()]

    walked = [seen()]
    for _ in range(4):
        page.keyboard.press("PageDown")
        walked.append(seen())
    one_by_one = [[turn == step for step in range(4)] for turn in range(-1, 4)]
    assert walked == one_by_one
    page.keyboard.press("ArrowLeft")
    assert seen() == one_by_one[3]
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.wait_for_url("**#2")


def test_walking_begins_with_all_lit_even_where_it_is_written(tmp_path: Path) -> None:
    html(tmp_path, STEPS.replace("{1|", "{all|1|"))
    (slide,) = json.loads((tmp_path / FILE).read_bytes())["slides"]
    assert slide["steps"] == 4


def test_a_step_lights_its_lines_and_veils_the_others(
    tmp_path: Path, page: Page
) -> None:
    html(tmp_path, STEPS)
    page.goto((tmp_path / "index.html").as_uri())
    for _ in range(2):
        page.keyboard.press("PageDown")
    height = "code => parseFloat(getComputedStyle(code).lineHeight)"
    line = page.locator("pre code").evaluate(height)
    step = page.locator(".step").nth(1)
    for part, is_clear_first in ("::before", True), ("", False):
        style = f"step => getComputedStyle(step, '{part}').backgroundImage"
        image = step.evaluate(style)
        stops = [float(stop) for stop in re.findall(r"([\d.]+)px", image)]
        assert stops == pytest.approx([0, line, 0, 3 * line, 0], abs=0.1)
        clear = image.startswith("linear-gradient(rgba(0, 0, 0, 0) 0px")
        assert clear == is_clear_first


def test_where_nothing_steps_no_line_stands_out(tmp_path: Path, page: Page) -> None:
    html(tmp_path, STEPS, "--template", "bare")
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator(".step").count() == 4
    assert page.locator(".step:visible").count() == 0


def test_a_step_alone_always_stands_out(tmp_path: Path, page: Page) -> None:
    html(tmp_path, STEPS.replace("{1|2-3|1,4|all}", "{2-3}"), "--template", "bare")
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator(".step:visible").count() == 1
    (slide,) = json.loads((tmp_path / FILE).read_bytes())["slides"]
    assert slide["steps"] == 0


@pytest.mark.parametrize(("kind", "columns"), [("twins", 78), ("seen", 49)])
def test_two_blocks_of_code_fit_one_above_the_other(
    tmp_path: Path, page: Page, kind: str, columns: int
) -> None:
    lines = ["x" * columns] * 15
    one, other = (
        "\n".join(["```text", *part, "```"]) for part in (lines[:7], lines[7:])
    )
    figure = "```threads\n171 ms\n[1.0–1.2]\n```\n\nwhat it is,\nin two lines"
    figures = f"\n\n{figure}\n\n{figure}" if kind == "seen" else ""
    html(tmp_path, f"<!-- _class: {kind} -->\n\n{one}\n\n{other}{figures}")
    page.goto((tmp_path / "index.html").as_uri())
    overflow = (STAGE / "page" / "overflow.js").read_text("utf-8")
    assert page.evaluate(f"{overflow}; overflowing(document)") == []
    size = "all => all.map(each => getComputedStyle(each).fontSize)"
    sizes = page.locator("code.language-text").evaluate_all(size)
    assert sizes == ["24px", "24px"]


def test_emoji_are_letters_and_formulas_are_drawn(tmp_path: Path) -> None:
    page = html(tmp_path, "🐍 :snake: for $x$ and `$y$ :snake:`, at $5 or $6")
    assert "<p>🐍 🐍 for <mjx-container" in page
    assert "<code>$y$ :snake:</code>, at $5 or $6</p>" in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("scheme", "colour"),
    [("dark", "rgb(16, 21, 28)"), ("light", "rgb(251, 250, 247)")],
)
def test_every_slide_has_the_colours_asked_for(
    tmp_path: Path, page: Page, scheme: str, colour: str
) -> None:
    html(tmp_path, "---\n\n<!-- _class: opener -->\n# B", scheme=scheme)
    page.goto((tmp_path / "index.html").as_uri())
    background = "all => all.map(one => getComputedStyle(one).backgroundColor)"
    assert page.locator("section").evaluate_all(background) == [colour, colour]


def palette(scheme: str) -> dict[str, str]:
    (block,) = re.findall(rf"\{{([^}}]*)color-scheme: {scheme};", THEME)
    return dict(re.findall(r"(--\w+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dim, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dim + 0.05)


def mix(over: str, under: str, percent: int) -> str:
    """The colour that is seen where one lies thinly over another."""
    pairs = [
        (int(over[at : at + 2], 16), int(under[at : at + 2], 16)) for at in (1, 3, 5)
    ]
    parts = [round((a * percent + b * (100 - percent)) / 100) for a, b in pairs]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_text_stands_out_seven_to_one(scheme: str) -> None:
    colours = palette(scheme)
    grounds = [colours.pop("--bg"), colours.pop("--panel")]
    del colours["--rule"]
    assert len(colours) == 9
    for name, colour in colours.items():
        for ground in grounds:
            assert contrast(colour, ground) >= 7, name


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_code_stands_out_where_it_is_lit_and_where_it_is_not(scheme: str) -> None:
    colours = palette(scheme)
    text = (STAGE / "deck" / "code.mjs").read_text("utf-8")
    mixed = re.findall(r"const (\w+) = \"color-mix\(in srgb, var\((.+)\) (\d+)%", text)
    (_, veil, thin), (_, light, weak) = mixed
    panel = colours["--panel"]
    band = mix(colours[light], panel, int(weak))
    used = {*re.findall(r"\.hljs[^{]*\{\s*color: var\((.+?)\)", THEME), "--ink"}
    assert len(used) == 7
    for name in used:
        assert contrast(colours[name], band) >= 4.5, name
        assert contrast(mix(colours[veil], colours[name], int(thin)), panel) >= 4.5, (
            name
        )


def test_the_light_palette_has_a_twin_for_each_colour() -> None:
    assert palette("light").keys() == palette("dark").keys()


@pytest.mark.parametrize(
    "drawing",
    sorted(PATHS.diagrams.glob("*.svg")),
    ids=lambda path: path.stem,
)
def test_a_drawing_alone_has_the_colours_of_the_theme(drawing: Path) -> None:
    used = dict(re.findall(r"var\((--[\w-]+), (#\w+)\)", drawing.read_text("utf-8")))
    assert used
    assert used.items() <= palette("dark").items()
