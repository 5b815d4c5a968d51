"""A demo as slides and recordings name it: its slug, then the flags that it runs with.

"downloader-sweep" is what `invoke demo.downloader --sweep` shows. Within a slug or a
flag, words are joined by underscores; a flag takes no value.
"""

import re

_COMMAND = re.compile(r"invoke demo\.([\w-]+(?: --[\w-]+)*)")


def slug(demo: str) -> str:
    """Return the slug of a demo, by which its file is named."""
    return demo.partition("-")[0]


def command(demo: str) -> str:
    """Return the command line of a demo, as an attendee types it."""
    words = (word.replace("_", "-") for word in demo.split("-"))
    return f"invoke demo.{' --'.join(words)}"


def demo_of(line: str) -> str | None:
    """Return the demo that a command line runs, if it runs one."""
    if found := _COMMAND.fullmatch(line):
        return "-".join(word.replace("-", "_") for word in found[1].split(" --"))
    return None
