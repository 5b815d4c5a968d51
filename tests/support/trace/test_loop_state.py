from demos.support.trace.loop_state import LoopState
from demos.support.trace.timeline import Timeline


def test_all_five_places_are_seen_filled(blocked: Timeline) -> None:
    seen: set[str] = set()
    state = LoopState()
    for event in blocked.program:
        state.apply(event)
        places = ("ready", "running", "timers", "sockets", "waiting")
        seen |= {place for place in places if getattr(state, place)}
    assert seen == set(places)
    assert not state.waiting
    assert not state.timers


def test_who_will_wake_a_waiting_task(blocked: Timeline) -> None:
    state = LoopState()
    wakers = set()
    for event in blocked.program:
        state.apply(event)
        for task in state.waiting:
            wakers.add((state.name(task), state.waker(task)))
    assert wakers >= {
        ("scenario", "the last of 4 tasks"),
        ("sleep 100 ms", "a timer"),
        ("read socket", "the selector"),
    }
