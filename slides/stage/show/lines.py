"""What a show says on the speaker's terminal: a line each, and not a long one."""

from demos.support.console import console

LONGEST = 300  # characters


def one_line(text: str) -> str:
    """Return a text as one line, which does nothing to a terminal but stand there."""
    line = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 2]} …"


def say(text: str) -> None:
    """Say a text in one line."""
    console.print(one_line(text), markup=False, soft_wrap=True)
