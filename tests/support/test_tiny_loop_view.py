from demos.support.console import console
from demos.support.tiny_loop_view import picture, recorded
from demos.tiny_event_loop import scenario


def test_a_picture_points_at_the_line_and_shows_who_is_where() -> None:
    loop = scenario(0.001)
    with loop.selector:
        steps = recorded(loop)
        drawn = picture(loop, steps[:2], steps[-1].at)
    with console.capture() as captured:
        console.print(drawn)
    lines = captured.get().splitlines()
    assert len([line for line in lines if line.startswith(f"{steps[1].line:3} ▶")]) == 1
    (running,) = [line for line in lines if f"▶ {steps[1].running}" in line]
    assert running.rstrip().endswith("┃"), "in the heavy box, of what the line works on"
    assert lines[-1].split()[0] == "time"
