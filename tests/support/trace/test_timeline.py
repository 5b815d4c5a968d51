import re
from xml.etree import ElementTree

from demos.support.trace.timeline import Timeline, lanes, svg

TASKS = ["scenario", "sleep 30 ms", "sleep 100 ms", "read socket", "handler"]


def test_lanes_show_who_blocked_and_who_was_late(blocked: Timeline) -> None:
    found = {lane.name: lane for lane in lanes(blocked)}
    assert [*found] == TASKS
    assert found["handler"].during("blocked")
    assert found["sleep 100 ms"].during("late")


def test_the_longest_step_is_named_with_its_line(blocked: Timeline) -> None:
    _, who = blocked.longest_step()
    assert re.fullmatch(r"handler from .*event_loop_trace\.py:\d+", who)


def test_the_timeline_is_a_picture_to_embed(blocked: Timeline) -> None:
    root = ElementTree.fromstring(svg([blocked, blocked]))
    assert root[0].tag.endswith("title")
    assert not [node for node in root.iter() if "id" in node.attrib]
    texts = [node.text or "" for node in root.iter() if node.tag.endswith("}text")]
    assert [text for text in texts if text in TASKS] == TASKS * 2
    assert [text for text in texts if text.startswith(("BLOCKED", "LATE"))]
