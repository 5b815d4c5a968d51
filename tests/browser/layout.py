"""How a page is laid out: scripts that say so, and the sizes at which to ask."""

DEMO = "section.demo"
# A slide of each kind, by what is on it; and whether its letters are small on a phone.
KINDS = {
    "section.title .qr": False,
    "section.opener": False,
    "section > p > svg:not(.terminal)": False,
    "pre .step": True,
    "section.twins": True,
    "section.seen": True,
    "table": False,
    DEMO: True,
    "section.close .qr": False,
}
# In pixels of CSS, and how many pixels of the screen each is.
SIZES = [
    (1024, 768, 1),
    (1920, 1080, 1),
    (1920, 1080, 2),  # a screen of 3840 × 2160
    (853, 480, 1.5),  # 1280 × 720, enlarged to 150 %
    (390, 844, 3),
    (844, 390, 3),
]
UPRIGHT = (390, 844, 3)

# Of the slide on view: what is wrong; its size and that of its terminal's cells, as if
# it were 1280 × 720; and whether one is asked to turn the phone.
LOOKS = """(() => {
    const section = document.querySelector("svg.bespoke-marp-active section[id]");
    const box = each => each.getBoundingClientRect();
    const [slide, page] = [box(section), document.scrollingElement];
    const scale = Math.min(innerWidth / 1280, innerHeight / 720);
    const scrolls = each => (each.scrollWidth > each.clientWidth + 1
        || each.scrollHeight > each.clientHeight + 1)
        && (each === page || /auto|scroll/.test(getComputedStyle(each).overflow));
    const isCut = each => each.checkVisibility() && (box(each).left < slide.left - 1
        || box(each).top < slide.top - 1 || box(each).right > slide.right + 1
        || box(each).bottom > slide.bottom + 1);
    const all = [page, ...section.querySelectorAll("*")];
    const parts = section.querySelectorAll(".qr, .stage-bar, .stage-before, .ap-term");
    const wrong = [...all.filter(scrolls), ...[...parts].filter(isCut)];
    const off = [slide.left + slide.right - innerWidth,
        slide.top + slide.bottom - innerHeight];
    if (Math.max(...off.map(Math.abs)) > 1) wrong.push(section); // not in the middle
    const sizes = [section, ...section.querySelectorAll(".ap-term")].flatMap(each =>
        [box(each).width / scale, box(each).height / scale].map(Math.round));
    const turn = getComputedStyle(document.body, "::after").content !== "none";
    return {wrong: wrong.map(each => each.className || each.tagName), sizes, turn};
})()"""

# Of the presenter's window: what is cut off, and what lies over something else.
LAID_OUT = """() => {
    const seen = each => each.checkVisibility({visibilityProperty: true})
        && each.textContent !== "";
    const parts = [...document.querySelectorAll(
        "header > div, button, iframe[id], #where, #demo, #said, #say, #aside, #coming"
    )].filter(each => each.matches("iframe") || seen(each) && !each.closest("dialog"));
    const boxes = parts.map(each => [each, each.getBoundingClientRect()]);
    const named = each => each.id || each.textContent.trim() || each.className;
    const wrong = boxes.filter(([each, {left, top, right, bottom}]) =>
        left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
        || each.scrollWidth > each.clientWidth + 1 && !each.matches("#coming, .section")
        || each.matches("button") && Math.min(right - left, bottom - top) < 48
    ).map(([each]) => named(each));
    for (const [index, [one, a]] of boxes.entries())
        for (const [other, b] of boxes.slice(index + 1))
            if (a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                wrong.push(`${named(one)} / ${named(other)}`);
    return wrong;
}"""
PRESENTER_SIZES = [(1280, 800), (1440, 900), (1024, 768), (768, 1024), (1920, 1080)]
