from demos.support.trace.loop_state import LoopState
from demos.support.trace.timeline import Timeline

PLACES = ("ready", "running", "timers", "sockets")


def test_all_five_places_are_seen_filled(blocked: Timeline) -> None:
    seen: set[str] = set()
    state = LoopState()
    for event in blocked.program:
        state.apply(event)
        seen |= {place for place in PLACES if getattr(state, place)}
        seen |= {"waiting"} if state.waiting() else set()
    assert seen == {*PLACES, "waiting"}
    assert not state.waiting()
    assert not state.timers


def test_who_will_wake_a_waiting_task(blocked: Timeline) -> None:
    state = LoopState()
    wakers = set()
    for event in blocked.program:
        state.apply(event)
        for life in state.waiting():
            wakers.add((life.name, state.waker(life)))
    assert wakers >= {
        ("scenario", "last of 4 tasks"),
        ("sleep 100 ms", "a timer"),
        ("read socket", "the selector"),
    }
