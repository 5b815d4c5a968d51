"""The rules of the show: one table of cases, held by the server and by the page."""

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from slides.stage import node
from slides.stage.show.state import Command, Run, Show, Slide, apply, ended, fit
from tests.talks import PATIENCE

TABLE = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
DECK = [Slide(**slide) for slide in TABLE["deck"]]


def after(show: Show, role: Any, now: float, what: dict[str, Any]) -> Show:
    if "ended" in what:
        told = (what.get("why", ""), what.get("said", ""))
        return ended(show, what["ended"], what["state"], now, *told)
    return apply(show, DECK, role, Command(**what), now)


def cases(side: str) -> list[dict[str, Any]]:
    """The cases that a side can be in: a page hears of no end, a server is not lost."""
    other = {"server": "lost", "page": "ended"}[side]
    return [
        case
        for case in TABLE["cases"]
        if not any(other in what for _, what in case["do"])
    ]


def part(whole: Any, like: Any) -> Any:
    """What `whole` says of the keys that `like` has; runs must be the same ones."""
    if not isinstance(like, dict):
        return whole
    found = {key: part(whole[key], like[key]) for key in like}
    if "runs" in like:
        assert whole["runs"].keys() == like["runs"].keys()
    return found


@pytest.mark.parametrize("case", cases("server"), ids=lambda case: case["what"])
def test_the_server_keeps_the_rules(case: dict[str, Any]) -> None:
    runs = {slug: Run(**run) for slug, run in case["given"].get("runs", {}).items()}
    show = Show(**{"live": True, **case["given"], "runs": runs})
    for now, what in case["do"]:
        show = after(show, case.get("role", "speaker"), now, what)
    assert part(dataclasses.asdict(show), case["then"]) == case["then"]


def test_the_page_keeps_the_same_rules() -> None:
    test = Path(__file__).with_name("state.test.mjs")
    done = subprocess.run(
        [str(node.NODE), "--test", str(test)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=5 * PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"pass {len(cases('page'))}\n" in done.stdout


def test_a_state_is_never_changed_but_made_anew() -> None:
    show = Show(live=True, slide=3)
    running = apply(show, DECK, "speaker", Command("next", 3, 0), 1)
    apply(running, DECK, "speaker", Command("next", 3, 1), 2)
    assert show == Show(live=True, slide=3)
    assert running.runs == {"ticker": Run(1, "running", 1, 1)}


ONE, TWO = Slide("One", 0, None), Slide("Two", 2, None)
TICKER, WAITS = Slide("Three", 0, "ticker"), Slide("Four", 1, "waits")
RUNNING = {"waits": Run(1, "running", 1, 1)}


@pytest.mark.parametrize(
    ("new", "at", "then"),
    [
        (DECK, (4, 2), (4, 2, "running")),
        ([ONE, ONE, *DECK], (4, 2), (6, 2, "running")),  # inserted before it
        (DECK[1:], (4, 2), (3, 2, "running")),  # removed before it
        ([ONE, TWO, TICKER, Slide("Four", 3, "waits")], (4, 2), (4, 4, "running")),
        ([ONE, TWO, TICKER, Slide("Four", 0, "waits")], (4, 2), (4, 1, "running")),
        ([ONE, TWO, TICKER], (4, 2), (3, 0, "stopped")),  # the slide is gone
        ([ONE, TWO, TICKER, Slide("Other", 1, "waits")], (4, 2), (4, 2, "running")),
        ([TWO, ONE], (2, 2), (1, 2, "stopped")),
        ([ONE], (2, 2), (1, 0, "stopped")),
        ([ONE, Slide("Two", 1, None)], (2, 2), (2, 1, "stopped")),
        ([TWO, ONE, ONE, TWO], (2, 1), (4, 1, "stopped")),  # in the order that it had
    ],
)
def test_a_deck_that_has_changed_leaves_the_slide_on_view(
    new: list[Slide], at: tuple[int, int], then: tuple[int, int, str]
) -> None:
    show = Show(True, *at, runs=RUNNING)
    fitted = fit(show, DECK, new, 5)
    assert (fitted.slide, fitted.step, fitted.runs["waits"].state) == then


def test_slides_of_one_name_keep_their_order() -> None:
    same = [Slide("T", 0, None)] * 3
    fitted = fit(Show(True, 2), same, [Slide("X", 0, None), *same], 5)
    assert fitted.slide == 3
