from xml.etree import ElementTree

from rich.text import Text

from demos.support.trace.files import COLOURS, INK, svg


def test_a_picture_of_cells_is_drawn_as_boxes_and_text() -> None:
    row = Text("a & b ").append("──", "waiting").append("█", "blocked")
    root = ElementTree.fromstring(svg(row, "<title>"))
    title, _, text, line, box = root
    assert title.text == "Timeline of the event loop: <title>"
    assert (text.text, text.attrib["fill"]) == ("a & b ", INK)
    assert [each.attrib["fill"] for each in (line, box)] == [
        COLOURS["waiting"],
        COLOURS["blocked"],
    ]
    right = float(line.attrib["x"]) + float(line.attrib["width"])
    assert right == float(box.attrib["x"])
    assert not [node for node in root.iter() if "id" in node.attrib]
