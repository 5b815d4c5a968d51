import inspect
from functools import partial
from itertools import groupby

from demos.coroutine_by_hand import add, ask, by_hand, look
from demos.support.source import Position, record


def places() -> list[dict[str, Position]]:
    coroutine = add()
    see = partial(look, coroutine)
    return record(partial(by_hand, coroutine), see, by_hand, add, ask)


def test_send_gives_what_was_yielded_and_stop_iteration_carries_the_result() -> None:
    assert by_hand(add()) == ["first?", "second?", 50]


def test_it_is_suspended_on_its_two_awaits_and_then_closed() -> None:
    source, first = inspect.getsourcelines(add)
    awaits = [first + at for at, line in enumerate(source) if "await ask" in line]
    seen = [(step["add"].state, step["add"].line) for step in places()]
    stops = [key for key, _ in groupby(seen) if key[0] in ("suspended", "closed")]
    assert stops == [("suspended", awaits[0]), ("suspended", awaits[1]), ("closed", 0)]


def test_the_caller_runs_while_it_is_suspended_and_calls_while_it_runs() -> None:
    pairs = {(step["by_hand"].state, step["add"].state) for step in places()}
    assert pairs == {
        ("running", "created"),
        ("calling", "running"),
        ("calling", "calling"),  # add() is in ask()
        ("running", "suspended"),
        ("running", "closed"),
    }


def test_variables_outlive_the_pause() -> None:
    suspended = [s["add"].values for s in places() if s["add"].state == "suspended"]
    assert suspended[0] == {}
    assert suspended[-1] == {"first": 42}
