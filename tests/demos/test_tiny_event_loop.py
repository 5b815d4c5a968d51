import inspect
import re
import time
from collections.abc import Iterator
from pathlib import Path
from socket import socketpair

import pytest

from demos.support import tiny_loop_view
from demos.support.console import WIDTH, console
from demos.support.samples import TooBusy
from demos.support.source import ROWS
from demos.support.tiny_loop_view import SleepingSelector
from demos.tiny_event_loop import Loop, main
from tests.demos.changed import changed, last_picture

LIST = "[ticker(loop), sender(loop, near, block), receiver(loop, far)]"
LESSON = re.compile(
    r"(\d) coroutines, 1 thread: ([\d.]+)% idle, timers up to (\d+) ms late"
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny_loop_view, "MARGIN", 60)


@pytest.fixture
def loop() -> Iterator[Loop]:
    with SleepingSelector() as selector:
        yield Loop(selector)


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


def test_two_timers_may_be_due_at_once(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    async def sleeper(name: str) -> None:
        await loop.sleep(0)
        seen.append(name)

    loop.ready.extend(map(sleeper, "abc"))
    monkeypatch.setattr(time, "monotonic", lambda: 1.0)
    loop.run()
    assert sorted(seen) == ["a", "b", "c"]


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


def test_while_one_blocks_a_timer_is_late() -> None:
    with console.capture():
        plain = LESSON.fullmatch(main(pace=0))
        blocked = LESSON.fullmatch(main(block=0.3, pace=0))
    assert plain
    assert blocked
    assert plain[1] == blocked[1] == "3"
    assert float(blocked[2]) < float(plain[2])
    assert int(blocked[3]) >= 200  # due after 0.1 s, served after 0.3 s


def test_on_a_busy_machine_there_is_a_picture_and_no_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiny_loop_view, "MARGIN", -1.0)  # so that any timer is late
    with console.capture() as captured, pytest.raises(TooBusy, match="a timer was"):
        main(pace=0)
    assert "select()" in captured.get()


FOURTH = """

async def fourth(loop: Loop) -> None:
    await loop.sleep(0.5)


def main("""


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ("fourth(loop)", ["ticker", "sender", "receiver", "fourth"]),
        ("ticker(loop)", ["ticker", "sender", "receiver", "ticker 2"]),
        (
            "fourth(loop), fourth(loop)",
            ["ticker", "sender", "receiver", "fourth", "fourth 2"],
        ),
    ],
)
def test_one_may_add_a_coroutine(more: str, names: list[str], tmp_path: Path) -> None:
    replaced = {LIST: f"{LIST[:-1]}, {more}]", "\n\ndef main(": FOURTH}
    rows, lesson = last_picture(changed("tiny_event_loop", tmp_path, replaced))
    assert lesson.startswith(f"{len(names)} coroutines, 1 thread: ")
    *_, select = [at for at, row in enumerate(rows) if row.startswith("select()")]
    drawn = rows[select - len(names) : select]
    for name, row in zip(names, drawn, strict=True):
        assert row.startswith(f"{name:9} ")
        assert "ended" in row
        assert "●" in row
    assert len(rows) <= ROWS
    assert max(map(len, rows)) <= WIDTH


def test_one_may_take_a_coroutine_away(tmp_path: Path) -> None:
    replaced = {LIST: "[sender(loop, near, block), receiver(loop, far)]"}
    rows, lesson = last_picture(changed("tiny_event_loop", tmp_path, replaced))
    assert lesson.startswith("2 coroutines, 1 thread: ")
    assert not any("ticker" in row for row in rows)


def test_run_stands_whole_on_a_slide_and_in_the_picture() -> None:
    source = inspect.getsource(Loop.run).splitlines()
    assert len(source) <= 15
    with console.capture() as captured:
        main(pace=0)
    drawn = captured.get()
    for line in source:
        assert '"""' in line or line.removeprefix("    ") in drawn
