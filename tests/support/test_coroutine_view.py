import inspect
from itertools import groupby

import pytest

from demos.coroutine_by_hand import add, ask, by_hand
from demos.support.console import WIDTH, console
from demos.support.coroutine_view import picture, recorded
from demos.support.source import ROWS


def test_the_coroutine_runs_while_its_driver_calls() -> None:
    drive = recorded(by_hand, add(), 42, 8)
    pairs = {
        (step[by_hand.__code__].state, step[add.__code__].state) for step in drive.steps
    }
    assert pairs == {
        ("running", "created"),
        ("calling", "running"),
        ("calling", "calling"),  # add() is in ask()
        ("running", "suspended"),
        ("running", "closed"),
        ("returned", "closed"),
    }


def test_it_is_suspended_on_each_await_and_closed_in_the_end() -> None:
    source, first = inspect.getsourcelines(add)
    awaits = [first + at for at, line in enumerate(source) if "await ask" in line]
    drive = recorded(by_hand, add(), 42, 8)
    places = [step[add.__code__] for step in drive.steps]
    seen = ((place.state, place.line) for place in places)
    stops = [key for key, _ in groupby(seen) if key[0] in ("suspended", "closed")]
    assert stops == [("suspended", awaits[0]), ("suspended", awaits[1]), ("closed", 0)]
    assert (drive.sends, drive.result, drive.left_in) == (3, 50, 0)


def test_variables_outlive_the_pause() -> None:
    places = [step[add.__code__] for step in recorded(by_hand, add(), 42, 8).steps]
    suspended = [place.values for place in places if place.state == "suspended"]
    assert suspended[0] == {}
    assert suspended[-1] == {"first": 42}


def test_what_is_left_suspended_is_so_in_the_last_step_and_closed_then() -> None:
    coroutine = add()
    drive = recorded(by_hand, coroutine, 42)
    last = drive.steps[-1]
    assert last[add.__code__].state == "suspended"
    assert last[add.__code__].values == {"first": 42}
    assert last[by_hand.__code__].values == {"result": "second?"}
    assert drive.left_in == last[add.__code__].line
    assert drive.sends == 2
    assert inspect.getcoroutinestate(coroutine) == "CORO_CLOSED"


def test_an_error_of_the_driver_is_passed_on_and_the_coroutine_closed() -> None:
    def driver(coro: object) -> None:
        raise ValueError("on purpose")

    coroutine = add()
    with pytest.raises(ValueError, match="on purpose"):
        recorded(driver, coroutine)
    assert inspect.getcoroutinestate(coroutine) == "CORO_CLOSED"


def test_each_picture_shows_every_line_whole_and_in_its_place() -> None:
    drive = recorded(by_hand, add(), 42, 8)
    sources = [inspect.getsource(function) for function in (by_hand, add, ask)]
    lines = [line for line in "".join(sources).splitlines() if '"""' not in line]
    for now in range(len(drive.steps)):
        with console.capture() as captured:
            console.print(picture(drive.steps, now))
        rows = captured.get().splitlines()
        assert [row[5:57].rstrip() for row in rows if row.strip()] == lines
        assert len(rows) <= ROWS
        assert max(map(len, rows)) <= WIDTH
