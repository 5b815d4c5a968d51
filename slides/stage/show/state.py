"""The show as a value: the slide on view, the runs, the clock, and what changes them.

Commands go in and a new state comes out; nothing here reads, writes or knows the time.
The page keeps the same rules (page/state.js), as it may lose its server or have none:
one table of cases, tests/stage/show/cases.json, holds for both.

Its dataclasses are what page and server say to each other, as JSON: `invoke sync`
writes them to page/messages.d.ts, against which the page is checked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal

Role = Literal["speaker", "viewer"]
Why = Literal["", "too slow", "it failed", "too busy to compare", "no server"]
BOUNCE = 0.4  # seconds in which a key that is pressed again was not meant


@dataclass(frozen=True)
class Slide:
    """What the rules must know of a slide: its steps of code, and its demo if any."""

    title: str
    steps: int
    demo: str | None


@dataclass(frozen=True)
class Run:
    """A run of a demo. Times are in seconds since the epoch, the server's.

    A recording plays when its state is "recording" or "failed"; `why` says why it does,
    where nobody asked for it, and `halted` that it was stopped, when it `changed`. Its
    last frame stands when the state is "frame", which keeps its `why`. `said` is what
    it said last: its lesson, or, for its speaker, why it failed.
    """

    id: int
    state: Literal["running", "done", "stopped", "failed", "recording", "frame"]
    started: float
    changed: float
    halted: bool = False
    why: Why = ""
    said: str = ""


@dataclass(frozen=True)
class Show:
    """Where the show stands; `live` says whether there is a server that runs demos.

    There is none in an exported page, and one that runs none shows recordings only.

    Slides count from 1. A slide has a step 0, one for each further step of its code,
    and one more for its demo: there, its run is on view. `begun` is when the clock
    was started, later by each pause of it, and `paused` when the pause began that goes
    on; `runs` holds the last run of each demo; ids are never used twice. `black` is
    when the audience's screens were made black, as long as they are.
    """

    live: bool
    slide: int = 1
    step: int = 0
    begun: float | None = None
    paused: float | None = None
    runs: Mapping[str, Run] = field(default_factory=dict)
    next_id: int = 1
    black: float | None = None


@dataclass(frozen=True)
class Command:
    """What a window asks for.

    It names the slide and the step that the window saw ("go": those to go to), and
    "stop" names the run: what came too late must not change what it was not meant for.
    "frame" is for the last frame of the recording, "replay" for all of it; "black"
    makes the audience's screens black, "pause" halts the clock or lets it go on, and
    "reset" begins the show anew. "overflow" changes nothing: it tells of a slide by how
    many px (its `step`) it is too full.
    """

    do: Literal[
        "next",
        "back",
        "go",
        "run",
        "frame",
        "replay",
        "stop",
        "black",
        "pause",
        "reset",
        "overflow",
    ]
    slide: int
    step: int
    run: int = 0


@dataclass(frozen=True)
class Message:
    """What a window is told; `heard` counts the commands of its own that came before.

    `role` says who it is: the speaker, who has the token, or not. `version` names the
    built deck, `error` says why a newer one could not be built, `minutes` is the length
    of the talk if one was asked for, `now` the server's time.
    """

    role: Role
    version: str
    error: str
    minutes: float | None
    now: float
    heard: int
    show: Show


def apply(
    show: Show, deck: Sequence[Slide], role: Role, command: Command, now: float
) -> Show:
    """Return the show after a command; one that makes no sense changes nothing.

    While the screens are black, any command of a key brings them back and does nothing
    else; to go elsewhere leaves them black.
    """
    if role != "speaker" or command.do == "overflow":
        return show
    if command.do == "pause":
        return _pause(show, now)
    if show.black is not None and command.do not in ("go", "reset"):
        lit = replace(show, black=None)
        return show if _bounces(show.black, now) else lit
    slide = deck[show.slide - 1]
    seen = command.slide == show.slide and command.step == show.step
    match command.do:
        case "next" if seen:
            return _next(show, deck, now)
        case "back" if seen:
            return _back(show, deck, now)
        case "go" if 1 <= command.slide <= len(deck):
            return _go(show, deck, command.slide, command.step, now)
        case "run" if command.slide == show.slide and slide.demo:
            last = show.runs.get(slide.demo)
            if last and last.state == "running":
                return show  # two windows asked
            return _start(show, slide, slide.demo, "running", now)
        case "frame" if command.slide == show.slide and slide.demo:
            return _start(show, slide, slide.demo, "frame", now)
        case "replay" if command.slide == show.slide and slide.demo:
            return _start(show, slide, slide.demo, "recording", now)
        case "stop":
            return _stop(show, command.run, now)
        case "black":
            return replace(show, black=now)
        case "reset":
            return Show(show.live, next_id=show.next_id)
    return show


def ended(
    show: Show,
    run: int,
    state: Literal["done", "failed", "stopped"],
    now: float,
    why: Why = "",
    said: str = "",
) -> Show:
    """Return the show after a run has ended; one that is over stays as it was.

    `why` says why one has failed, and `said` is what it said last.
    """

    def end(each: Run) -> Run:
        if each.id != run or each.state != "running":
            return each
        return replace(each, state=state, changed=now, why=why, said=said)

    return _change(show, end)


def fit(show: Show, old: Sequence[Slide], new: Sequence[Slide], now: float) -> Show:
    """Return the show on a deck that has changed: on the slide that was on view.

    That is the one of the same title and demo, in the same order; where it is gone,
    the one in its place.
    """
    was = old[show.slide - 1]
    slide = min(_moved(show.slide, old, new), len(new))
    steps, demo = new[slide - 1].steps, new[slide - 1].demo
    on_run = show.step > was.steps and demo == was.demo and demo in show.runs
    step = steps + 1 if on_run else min(show.step, steps)
    return replace(show if on_run else _stop_running(show, now), slide=slide, step=step)


def _moved(slide: int, old: Sequence[Slide], new: Sequence[Slide]) -> int:
    """Return where a slide of the old deck stands in the new one, or where it stood."""
    before, after = ([(each.title, each.demo) for each in deck] for deck in (old, new))
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    for start, then, size in blocks:
        if start < slide <= start + size:
            return slide - start + then
    same = [n for n, each in enumerate(after, 1) if each == before[slide - 1]]
    return min(same, key=lambda n: abs(n - slide), default=slide)


def _next(show: Show, deck: Sequence[Slide], now: float) -> Show:
    slide = deck[show.slide - 1]
    if show.begun is None:
        show = replace(show, begun=now)
    if show.step < slide.steps:
        return replace(show, step=show.step + 1)
    if show.step == slide.steps and slide.demo:
        return _start(show, slide, slide.demo, "running", now)
    run = show.runs.get(slide.demo or "")
    if run and run.state != "frame" and _bounces(run.started, now):
        return show
    if show.slide < len(deck):
        return _go(show, deck, show.slide + 1, 0, now)
    return show


def _pause(show: Show, now: float) -> Show:
    """Return the show with its clock halted, or going on; one that has begun."""
    if show.begun is None:
        return show
    if show.paused is None:
        return replace(show, paused=now)
    return replace(show, begun=show.begun + now - show.paused, paused=None)


def _bounces(pressed: float, now: float) -> bool:
    """Return whether a key is pressed again so soon that it was not meant."""
    return 0 <= now - pressed < BOUNCE  # a clock may be set back meanwhile


def _back(show: Show, deck: Sequence[Slide], now: float) -> Show:
    if show.step > 0:
        return _go(show, deck, show.slide, show.step - 1, now)
    if show.slide > 1:
        last = _last_step(show, deck, show.slide - 1)
        return _go(show, deck, show.slide - 1, last, now)
    return show


def _at_last_frame(show: Show, demo: str | None, now: float) -> Show:
    """Return the show with the last frame of a demo's recording, if that plays."""
    if demo is None or demo not in show.runs:
        return show
    run = show.runs[demo]
    plays = not show.live or run.state in ("recording", "failed")
    if not plays or run.halted:
        return show
    seen = replace(run, state="frame", changed=now)
    return replace(show, runs={**show.runs, demo: seen})


def _go(show: Show, deck: Sequence[Slide], slide: int, step: int, now: float) -> Show:
    """Go to a slide, or to a step of it that there is; a demo left behind stops.

    Who comes from behind sees no recording play on.
    """
    step = max(0, min(step, _last_step(show, deck, slide)))
    if slide != show.slide or step <= deck[slide - 1].steps:
        show = _stop_running(show, now)
    if slide < show.slide:
        show = _at_last_frame(show, deck[slide - 1].demo, now)
    return replace(show, slide=slide, step=step)


def _last_step(show: Show, deck: Sequence[Slide], slide: int) -> int:
    """Return the last step of a slide; that of its demo is there once it has run."""
    steps, demo = deck[slide - 1].steps, deck[slide - 1].demo
    return steps + 1 if demo in show.runs else steps


def _start(
    show: Show,
    slide: Slide,
    demo: str,
    state: Literal["running", "recording", "frame"],
    now: float,
) -> Show:
    if state == "running" and not show.live:
        state = "recording"
    run = Run(show.next_id, state, now, now)
    return replace(
        show,
        step=slide.steps + 1,
        runs={**show.runs, demo: run},
        next_id=show.next_id + 1,
    )


def _stop(show: Show, run: int, now: float) -> Show:
    def halt(each: Run) -> Run:
        on_view = each.id == run and each.state in ("recording", "failed")
        plays = on_view and not each.halted
        return replace(each, halted=True, changed=now) if plays else each

    return ended(_change(show, halt), run, "stopped", now)


def _stop_running(show: Show, now: float) -> Show:
    for run in show.runs.values():
        show = ended(show, run.id, "stopped", now)
    return show


def _change(show: Show, to: Callable[[Run], Run]) -> Show:
    runs = {demo: to(run) for demo, run in show.runs.items()}
    return replace(show, runs=runs)
