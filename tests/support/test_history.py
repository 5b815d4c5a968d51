from demos.support.history import History

LOOKS = {"running": ("running", "█"), "cleaning": ("ready", "▒")}


def test_notes_are_kept_in_order() -> None:
    history = History()
    history.note("running")
    history.note("done")
    (first, begun), (last, ended) = history
    assert (first, last) == ("running", "done")
    assert begun <= ended


def test_a_lane_shows_the_steps_that_have_a_look() -> None:
    history = History([("running", 5.0), ("cleaning", 7.0), ("ended", 8.0)])
    lane = history.lane(LOOKS, 4, 8)
    assert lane.plain == "████▒▒  "
    assert [(span.start, span.end, span.style) for span in lane.spans] == [
        (0, 4, "running"),
        (4, 6, "ready"),
    ]


def test_the_last_step_lasts_until_now() -> None:
    history = History()
    history.note("running")
    assert history.lane(LOOKS, 1e-9, 8).plain == "████████"


def test_a_task_without_steps_has_an_empty_lane() -> None:
    assert History().lane(LOOKS, 4, 8).plain == " " * 8
