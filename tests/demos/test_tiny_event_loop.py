import inspect
from collections.abc import Iterator
from socket import socketpair

import pytest

from demos.support.tiny_loop_view import HEIGHTS, asleep, named_lines, recorded
from demos.tiny_event_loop import Loop, scenario


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    with loop.selector:
        yield loop


def test_a_loop_with_nothing_to_do_ends(loop: Loop) -> None:
    loop.run()


def test_ready_coroutines_run_first_in_first_out(loop: Loop) -> None:
    seen = []

    async def twice(name: str) -> None:
        seen.append(f"{name} 1")
        await loop.sleep(0)
        seen.append(f"{name} 2")

    loop.ready.extend([twice("a"), twice("b")])
    loop.run()
    assert seen[:2] == ["a 1", "b 1"]
    assert sorted(seen[2:]) == ["a 2", "b 2"]


def test_timers_wake_in_the_order_they_are_due(loop: Loop) -> None:
    seen = []

    async def sleeper(delay: float) -> None:
        await loop.sleep(delay)
        seen.append(delay)

    loop.ready.extend(map(sleeper, (0.03, 0.01, 0.02)))
    loop.run()
    assert seen == [0.01, 0.02, 0.03]


def test_a_socket_wakes_who_reads_it(loop: Loop) -> None:
    seen: list[object] = []
    near, far = socketpair()

    async def read() -> bytes:
        await loop.readable(far)
        return far.recv(5)

    async def receiver() -> None:
        seen.append(await read())  # a coroutine that awaits a coroutine

    async def sender() -> None:
        seen.append("send")
        near.send(b"hello")

    loop.ready.extend([receiver(), sender()])
    with near, far:
        loop.run()
    assert seen == ["send", b"hello"]
    assert not loop.selector.get_map()


def test_an_exception_leaves_the_loop(loop: Loop) -> None:
    async def fail() -> None:
        await loop.sleep(0)
        raise ValueError("on purpose")

    loop.ready.append(fail())
    with pytest.raises(ValueError, match="on purpose"):
        loop.run()


def test_the_scenario_goes_through_every_place() -> None:
    loop = scenario(0.001)
    with loop.selector:
        steps = recorded(loop)
    assert {step.place for step in steps} == set(HEIGHTS)
    running = [step.running for step in steps if step.running]
    assert running[:3] == ["ticker", "sender", "receiver"]
    assert [running.count(name) for name in running[:3]] == [4, 2, 2]
    assert running.index("receiver", 3) > running.index("sender", 3)
    assert 0 < asleep(steps) < 1


def test_a_coroutine_is_in_one_place_at_most() -> None:
    loop = scenario(0.001)
    with loop.selector:
        steps = recorded(loop)
    for step in steps:
        held = " ".join(step.contents.values()).split()
        for name in ("ticker", "sender"):
            assert held.count(name) <= 1


def test_run_fits_a_slide_and_names_its_places() -> None:
    loop = Loop()
    with loop.selector:
        assert set(named_lines(loop).values()) == set(HEIGHTS)
    assert len(inspect.getsourcelines(Loop.run)[0]) <= 15
    assert max(map(len, inspect.getsource(Loop).splitlines())) <= 65
