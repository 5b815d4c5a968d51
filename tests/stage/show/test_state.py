"""The rules of the show: one table of cases, held by the server and by the page."""

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from slides.stage import node
from slides.stage.show.state import Command, Run, Show, Slide, apply, ended, fit, lost

TABLE = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
DECK = [Slide(**slide) for slide in TABLE["deck"]]


def after(show: Show, role: Any, now: float, what: dict[str, Any]) -> Show:
    if "ended" in what:
        return ended(show, what["ended"], what["state"], now)
    if "lost" in what:
        return lost(show, now)
    if "fit" in what:
        return fit(show, DECK[: what["fit"]])
    return apply(show, DECK, role, Command(**what), now)


def part(whole: Any, like: Any) -> Any:
    """What `whole` says of the keys that `like` has; runs must be the same ones."""
    if not isinstance(like, dict):
        return whole
    found = {key: part(whole[key], like[key]) for key in like}
    if "runs" in like:
        assert whole["runs"].keys() == like["runs"].keys()
    return found


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["what"])
def test_the_server_keeps_the_rules(case: dict[str, Any]) -> None:
    show = Show(**{"live": True, **case["given"]})
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
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"pass {len(TABLE['cases'])}\n" in done.stdout


def test_a_state_is_never_changed_but_made_anew() -> None:
    show = Show(live=True, slide=3)
    running = apply(show, DECK, "speaker", Command("next", 3, 0), 1)
    apply(running, DECK, "speaker", Command("next", 3, 1), 2)
    assert show == Show(live=True, slide=3)
    assert running.runs == {"ticker": Run(1, "running", 1, 1)}
